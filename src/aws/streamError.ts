import { ServiceError } from '../errors/serviceError.ts';
import { SourceError } from '../errors/sourceError.ts';
import type { SwathError } from '../errors/swathError.ts';
import { toServiceError } from './toServiceError.ts';

/**
 * Turns what a call about a stream threw into an error that says what to do; what no repetition mends is a {@link SourceError}.
 */
export function streamError(error: unknown, operation: string, stream: string): SwathError {
  const permission = `kinesis:${operation} on stream/${stream}`;
  const failure = toServiceError(error, { operation: `kinesis.${operation}`, subject: stream, permission });
  if (!(failure instanceof ServiceError)) return failure;
  if (failure.code === 'NOT_FOUND') {
    return new SourceError('STREAM_MISSING', stream, `stream ${stream} does not exist (${failure.message})`, {
      cause: error,
    });
  }
  if (failure.code === 'ACCESS_DENIED')
    return new SourceError('AUTHORIZATION', stream, failure.message, { cause: error });
  return failure;
}
