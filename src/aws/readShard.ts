import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandOutput,
  type KinesisClient,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis';
import { diag } from '@opentelemetry/api';
import { SourceError } from '../errors/sourceError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { errorFacts } from './errorFacts.ts';
import { type Shard, toShard } from './shard.ts';
import { streamError } from './streamError.ts';
import type { Timing } from './timing.ts';

/** Where to begin in a shard. */
export type ShardStart =
  | { readonly type: 'TRIM_HORIZON' | 'LATEST' }
  /** `isPast` says that it is a time of the service's own clock, which has passed. */
  | { readonly type: 'AT_TIMESTAMP'; readonly timeMs: number; readonly isPast?: true }
  | { readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequence: string };

/** What one read of a shard gave. */
export interface ShardPage {
  readonly records: readonly KinesisRecord[];
  /** Present on the last page of a shard that is closed: the shards that carry it on, as far as Kinesis named them. */
  readonly children?: readonly Shard[];
  /** Present on the first page, an empty one, of a shard that is read from `LATEST`: the time that this stands for, with which to begin another time. */
  readonly latestMs?: number;
}

/** Options of {@link readShard}. */
export interface ReadShardOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly shard: string;
  readonly start: ShardStart;
  readonly maxRecords: number;
  /** Time between the starts of two reads that find nothing, in milliseconds. */
  readonly intervalMs: number;
  /** Waits until a read may begin; answers what is called when its records have been handed over, or more than once. */
  readonly ready: () => Promise<() => void>;
  /** Tells whether the shard still exists, when Kinesis says that it does not find it. */
  readonly exists: () => Promise<boolean>;
  readonly timing: Timing;
  /** The service's wall clock when it gave an answer, in milliseconds since the epoch; `undefined` where it did not say. */
  readonly answeredMs: (answer: GetShardIteratorCommandOutput) => number | undefined;
  /** Hears with each read how far it was behind the end of the shard. */
  readonly behind: (ms: number) => void;
  /** Called when a read finds nothing more, for now. */
  readonly atEnd: () => void;
}

/** Kinesis allows five reads a second of a shard. */
const shortestIntervalMs = 200;
const longestBackoffMs = 10_000;
/** How much earlier than it says an iterator may have been made: its date is in whole seconds, and of another machine than the shard. */
const dateErrorMs = 2_000;

/**
 * Reads a shard to its end, page by page, or until the signal aborts. Throttling and outages are waited out; an iterator that
 * expired is replaced by one at the same place.
 *
 * @throws SourceError when the stream is gone or closed to us.
 */
export async function* readShard(
  options: ReadShardOptions,
  signal: AbortSignal,
): AsyncGenerator<ShardPage, void, undefined> {
  const { client, stream, shard, maxRecords, intervalMs, ready, exists, timing, behind, atEnd } = options;
  const iterators = new Iterators(options);
  for (let failures = 0; !signal.aborted; ) {
    let done = (): void => undefined;
    try {
      // At once: what comes while the shard waits for its turn comes after the beginning.
      const latestMs = await iterators.beginAtEnd(signal);
      if (latestMs !== undefined) yield { records: [], latestMs };
      done = await ready();
      const startedMs = timing.nowMs();
      const iterator = await iterators.current(signal);
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: maxRecords });
      const answer = await client.send(command, { abortSignal: signal });
      const { Records = [], NextShardIterator, ChildShards = [], MillisBehindLatest } = answer;
      failures = 0;
      behind(MillisBehindLatest ?? 0);
      iterators.advance(NextShardIterator, Records.at(-1)?.SequenceNumber);
      if (!NextShardIterator) {
        const children = ChildShards.map(({ ShardId, ParentShards, HashKeyRange }) => ({
          ...toShard({ ShardId, HashKeyRange, SequenceNumberRange: undefined }),
          parents: ParentShards ?? [],
        }));
        yield { records: Records, children };
        return;
      }
      if (Records.length > 0) yield { records: Records };
      else if (MillisBehindLatest === 0) atEnd();
      done();
      const pauseMs = Records.length > 0 ? shortestIntervalMs : intervalMs;
      await timing.sleep(Math.max(0, startedMs + pauseMs - timing.nowMs()), signal);
    } catch (error) {
      done();
      if (signal.aborted) return;
      iterators.forget();
      const expired = errorFacts(error).name === 'ExpiredIteratorException';
      let failure = streamError(error, 'GetRecords', stream);
      if (failure.code === 'STREAM_MISSING') {
        const there = await exists().catch(toSwathError);
        if (there === false) {
          diag.warn(`shard ${shard} of ${stream} is gone: its records are older than the stream keeps them`);
          yield { records: [], children: [] };
          return;
        }
        if (there !== true) failure = there; // the stream itself is gone, or cannot be asked now
      }
      if (!failure.retryable && !expired) throw failure;
      failures += 1;
      if (!expired) diag.warn(`reading shard ${shard} of ${stream} waits: ${failure.message}`);
      const backoffMs = Math.min(longestBackoffMs, shortestIntervalMs * 2 ** Math.min(failures, 10));
      await timing.sleep(expired ? shortestIntervalMs : backoffMs * (0.5 + timing.random() / 2), signal);
    } finally {
      done();
    }
  }
}

/** The place in the shard, and an iterator at it; iterators live for five minutes. */
class Iterators {
  readonly #options: ReadShardOptions;
  #place: ShardStart;
  #iterator: string | undefined;

  constructor(options: ReadShardOptions) {
    this.#options = options;
    this.#place = options.start;
  }

  async current(signal: AbortSignal): Promise<string> {
    this.#iterator ??= (await this.#open(signal)).iterator;
    return this.#iterator;
  }

  /** Fixes the place of a start at `LATEST`, and tells the time that it has; `undefined` where the place is known. */
  async beginAtEnd(signal: AbortSignal): Promise<number | undefined> {
    if (this.#place.type !== 'LATEST') return undefined;
    const { iterator, timeMs } = await this.#open(signal);
    this.#iterator = iterator;
    // A later iterator must not skip what comes until then.
    this.#place = { type: 'AT_TIMESTAMP', timeMs, isPast: true };
    return timeMs;
  }

  advance(next: string | undefined, sequence: string | undefined): void {
    this.#iterator = next;
    if (sequence !== undefined) this.#place = { type: 'AFTER_SEQUENCE_NUMBER', sequence };
  }

  forget(): void {
    this.#iterator = undefined;
  }

  /** @returns An iterator at the place, and the time it was made at, or a little before. */
  async #open(signal: AbortSignal): Promise<{ readonly iterator: string; readonly timeMs: number }> {
    const { client, stream, shard, answeredMs } = this.#options;
    const place = this.#place;
    // Kinesis refuses a time that is yet to come; only one that a user gave can be.
    const latestMs = 'isPast' in place ? Number.POSITIVE_INFINITY : Date.now();
    const command = new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: shard,
      ShardIteratorType: place.type,
      ...('sequence' in place && { StartingSequenceNumber: place.sequence }),
      ...('timeMs' in place && { Timestamp: new Date(Math.min(place.timeMs, latestMs)) }),
    });
    try {
      const answer = await client.send(command, { abortSignal: signal });
      const madeMs = answeredMs(answer) ?? Date.now(); // our own clock may be off
      return { iterator: answer.ShardIterator ?? '', timeMs: madeMs - dateErrorMs };
    } catch (error) {
      if (errorFacts(error).name !== 'InvalidArgumentException' || !('sequence' in place)) throw error;
      const message =
        `the checkpoint ${place.sequence} of shard ${shard} is not one of stream ${stream}: was the stream made anew? ` +
        'Then remove the lease from the lease table, or name another one';
      throw new SourceError('SOURCE_FAILED', stream, message, { cause: error });
    }
  }
}
