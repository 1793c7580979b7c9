import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { SwathError } from '../errors/swathError.ts';
import { WriteError } from '../errors/writeError.ts';
import { streamError } from './streamError.ts';

/** A record on its way into a stream, and who waits for it. */
export interface PutEntry {
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly bytes: number;
  /** Called with the name of the shard that took it. */
  readonly written: (shard: string | undefined) => void;
  readonly failed: (error: SwathError) => void;
}

/** Options of {@link putBatch}. */
export interface PutBatchOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  /** Counts the first. */
  readonly maxAttempts: number;
  /** Wait after an attempt, counted from 1. */
  readonly delayMs: (attempt: number) => number;
}

/**
 * Sends records with one PutRecords, and those that the stream did not take again, until all are written or the attempts are
 * used up.
 *
 * Kinesis answers such a request with success although single records failed, so each entry of the answer is looked at.
 * Never rejects: every entry hears of its own end.
 */
export async function putBatch(
  entries: readonly PutEntry[],
  { client, stream, maxAttempts, delayMs }: PutBatchOptions,
): Promise<void> {
  let open = entries;
  for (let attempt = 1; ; attempt++) {
    let why: string;
    let cause: unknown;
    try {
      const Records = open.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data }));
      const answer = await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
      const results = answer.Records ?? [];
      const refused = open.filter((_, i) => results[i] === undefined || results[i].ErrorCode !== undefined);
      const codes = new Set(results.map(({ ErrorCode }) => ErrorCode).filter((code) => code !== undefined));
      for (const [i, entry] of open.entries())
        if (results[i] && results[i].ErrorCode === undefined) entry.written(results[i].ShardId);
      if (refused.length === 0) return;
      open = refused;
      why = [...codes].join(', ') || 'the answer named fewer records than were sent';
    } catch (error) {
      const failure = streamError(error, 'PutRecords', stream);
      if (!failure.retryable) {
        await refuse(open, failure, (part) => putBatch(part, { client, stream, maxAttempts, delayMs }));
        return;
      }
      why = failure.message;
      cause = error;
    }
    if (attempt >= maxAttempts) {
      const failure = new WriteError(
        'WRITE_FAILED',
        stream,
        `stream ${stream} did not take the record in ${attempt} attempts: ${why}`,
        { cause },
      );
      for (const entry of open) entry.failed(failure);
      return;
    }
    await sleep(delayMs(attempt));
  }
}

/** A request that is refused for one of its records harms only that one: halves of it are sent on their own, in their order. */
async function refuse(
  entries: readonly PutEntry[],
  failure: SwathError,
  put: (part: readonly PutEntry[]) => Promise<void>,
): Promise<void> {
  if (failure.code !== 'SERVICE_REFUSED' || entries.length === 1) {
    for (const entry of entries) entry.failed(failure);
    return;
  }
  const middle = entries.length >>> 1;
  await put(entries.slice(0, middle));
  await put(entries.slice(middle));
}
