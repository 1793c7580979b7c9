import { ServiceError } from '../errors/serviceError.ts';
import { SourceError } from '../errors/sourceError.ts';
import type { SwathError } from '../errors/swathError.ts';
import { toSwathError } from '../errors/toSwathError.ts';

/** Turns what ended the reading of a stream into the error of a source. */
export function toSourceError(error: unknown, stream: string): SwathError {
  const failure = toSwathError(error);
  if (!(failure instanceof ServiceError)) return failure;
  const code = failure.code === 'ACCESS_DENIED' ? 'AUTHORIZATION' : failure.retryable ? 'CONNECTION' : 'SOURCE_FAILED';
  return new SourceError(code, stream, `stream ${stream} cannot be read: ${failure.message}`, { cause: error });
}
