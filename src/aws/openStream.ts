import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { diag } from '@opentelemetry/api';
import { ServiceError } from '../errors/serviceError.ts';
import { SourceError } from '../errors/sourceError.ts';
import { errorFacts } from './errorFacts.ts';
import { streamError } from './streamError.ts';

/** How {@link openStream} looks. */
export interface OpenStreamOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  /** Waits; counted from 1. */
  readonly pause: (attempt: number) => Promise<void>;
}

const attempts = 5;
/** A stream that was made a moment before is not there at first, then not ready. */
const mayCome = new Set(['ResourceNotFoundException', 'ResourceInUseException']);

/**
 * Looks for a stream before it is written to, for some seconds. Writing does not need the permission to look; without it nothing
 * is known, and the first write tells.
 *
 * @throws SourceError when the stream is missing, closed to us or cannot be reached.
 */
export async function openStream({ client, stream, pause }: OpenStreamOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new ListShardsCommand({ StreamName: stream, MaxResults: 1 }));
      return;
    } catch (error) {
      const { name } = errorFacts(error);
      if (name === 'AccessDeniedException') {
        diag.info(
          `stream ${stream} cannot be looked for without kinesis:ListShards; the first write tells whether it is there`,
        );
        return;
      }
      const failure = streamError(error, 'ListShards', stream);
      const passes = failure.retryable || mayCome.has(name);
      if (!passes || attempt >= attempts) throw atStart(failure, stream);
      if (failure.retryable) diag.warn(`starting waits (attempt ${attempt}): ${failure.message}`);
    }
    await pause(attempt);
  }
}

function atStart(failure: Error, stream: string): Error {
  if (!(failure instanceof ServiceError)) return failure;
  const code = failure.retryable ? 'CONNECTION' : 'SOURCE_FAILED';
  return new SourceError(code, stream, `stream ${stream} cannot be written: ${failure.message}`, { cause: failure });
}
