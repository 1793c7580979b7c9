import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { diag } from '@opentelemetry/api';
import { checkConfig } from '../config/checkConfig.ts';
import { type KinesisSourceOptions, kinesisSourceOptions } from '../config/kinesisSourceOptions.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { LeaseStore } from '../ports/leaseStore.ts';
import type { Commit, ReaderEvents, RecordBatch, RecordReader } from '../ports/recordReader.ts';
import { CatchUp } from '../tile/catchUp.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { answerDates } from './answerDates.ts';
import type { AwsOptions } from './awsOptions.ts';
import { BatchQueue } from './batchQueue.ts';
import { dynamoLeaseStore } from './dynamoLeaseStore.ts';
import type { HeldLease } from './heldLease.ts';
import { kinesisClient } from './kinesisClient.ts';
import { LeaseKeeper } from './leaseKeeper.ts';
import { ReadPermits } from './readPermits.ts';
import { ShardReaders } from './shardReaders.ts';
import { ShardSync } from './shardSync.ts';
import { systemTiming, type Timing } from './timing.ts';
import { toSourceError } from './toSourceError.ts';

/** Parts of a {@link kinesisReader} that are not configuration. */
export interface KinesisReaderParts extends Omit<AwsOptions, 'region'> {
  /** Default a DynamoDB table of the name `leaseTable`. */
  readonly store?: LeaseStore | undefined;
  readonly timing?: Timing | undefined;
  /** Shards that are read, or wait with up to 10 MB that were read, at the same time; default 26. */
  readonly readsAtOnce?: number | undefined;
  /** Name of this worker in the leases; default made of host, process and chance. */
  readonly worker?: string | undefined;
}

const marks = { earliest: 'TRIM_HORIZON', latest: 'LATEST' } as const;
const startAttempts = 5;
/** What a table that is well may need, whatever the time of fail-over. */
const shortestLeaseTimeoutMs = 500;

/**
 * Reads a Kinesis stream together with other processes: each reads the shards whose leases it holds, a shard's children after
 * all of the shard is settled.
 *
 * @throws ConfigurationError when an option breaks its rule.
 */
export function kinesisReader(
  options: KinesisSourceOptions,
  parts: KinesisReaderParts = {},
): RecordReader<StreamRecord> {
  return new KinesisReader(options, parts);
}

class KinesisReader implements RecordReader<StreamRecord> {
  readonly system = 'aws_kinesis';
  readonly stream: string;
  readonly group: string;
  readonly #config;
  readonly #client;
  readonly #store: LeaseStore;
  readonly #timing: Timing;
  readonly #sync: ShardSync;
  readonly #keeper: LeaseKeeper;
  readonly #queue = new BatchQueue<StreamRecord>();
  readonly #shards: ShardReaders;
  readonly #stopReading = new AbortController();
  readonly #catchUp = new CatchUp((is) => this.#events?.caughtUp(is));
  #events: ReaderEvents | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: KinesisSourceOptions, parts: KinesisReaderParts) {
    const config = checkConfig(kinesisSourceOptions, options);
    const { stream, leaseTable, region, from, failoverMs, stealsAtOnce } = config;
    const { timing = systemTiming, readsAtOnce = 26, worker = `${hostname()}:${process.pid}:${randomUUID()}` } = parts;
    const aws = { ...parts, region };
    this.#config = config;
    this.stream = stream;
    this.group = leaseTable;
    this.#client = kinesisClient(aws);
    // Ten silent answers fit into the life of a lease: a renewal is tried several times before anybody may take it over.
    const timeoutMs = Math.max(shortestLeaseTimeoutMs, failoverMs / 10);
    this.#store = parts.store ?? dynamoLeaseStore({ ...aws, endpoint: undefined, table: leaseTable, timeoutMs });
    this.#timing = timing;
    const start = from === 'earliest' || from === 'latest' ? marks[from] : 'AT_TIMESTAMP';
    const stopped = this.#stopReading.signal;
    const failed = (error: unknown): void => this.#fail(error);
    const common = { client: this.#client, stream, store: this.#store, timing, failed };
    this.#sync = new ShardSync({ ...common, leaseTable, start, stopped });
    this.#keeper = new LeaseKeeper({
      ...common,
      worker,
      failoverMs,
      stealsAtOnce,
      taken: (held) => this.#shards.start(held),
      looked: (sharedOut) => {
        this.#catchUp.given(sharedOut);
        this.#queue.wake();
      },
      lost: (held) => this.#shards.lost(held),
    });
    this.#shards = new ShardReaders({
      ...common,
      queue: this.#queue,
      catchUp: this.#catchUp,
      permits: new ReadPermits(readsAtOnce),
      sync: this.#sync,
      answeredMs: answerDates(this.#client.middlewareStack),
      fromMs: Date.parse(from) || 0,
      intervalMs: config.readIntervalMs,
      maxRecords: config.maxRecordsPerRead,
      stopReading: stopped,
      assigned: (assignment) => this.#events?.assigned(assignment),
      revoked: (partition) => this.#events?.revoked(partition),
      finished: (held) => this.#shardFinished(held),
    });
  }

  async *read(events: ReaderEvents, signal: AbortSignal): AsyncGenerator<RecordBatch<StreamRecord>, void, undefined> {
    this.#events = events;
    const stop = (): void => this.#stopReading.abort();
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) return;
      this.#catchUp.begin();
      await this.#start(signal);
      if (!signal.aborted) yield* this.#queue.take(signal, () => this.#catchUp.handedOver());
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      this.#keeper.stopTaking();
      this.#queue.withdraw();
    }
  }

  pause(partition: string): void {
    this.#queue.pause(partition);
    this.#shards.paused(partition);
  }

  resume(partition: string): void {
    this.#queue.resume(partition);
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    await Promise.all(commits.map((commit) => this.#shards.commit(commit)));
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#stopReading.abort();
      this.#queue.withdraw();
      await this.#keeper.close().finally(() => this.#shards.close());
      this.#store.close();
      this.#client.destroy();
    })();
    return this.#closed;
  }

  /** Makes table and leases, and begins to take them. What is unreachable at first is tried again a few times. */
  async #start(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#sync.shards(); // first of all, so that a missing stream leaves no table behind
        await this.#store.prepare();
        await this.#sync.run();
        break;
      } catch (error) {
        if (!toSwathError(error).retryable || attempt >= startAttempts) throw toSourceError(error, this.stream);
        diag.warn(`starting to read ${this.stream} waits (attempt ${attempt}): ${toSwathError(error).message}`);
        await this.#timing.sleep(200 * 2 ** attempt, signal);
        if (signal.aborted) return;
      }
    }
    this.#keeper.start();
    void this.#sync.keepInStep(this.#config.shardSyncMs, (error) => this.#fail(error));
  }

  /** Told to the consumer at once, too: nobody takes from the queue any more in a drain, and the drain would pass for one that went well. */
  #fail(error: unknown): void {
    if (this.#closed !== undefined) return;
    const failure = toSourceError(error, this.stream);
    this.#queue.fail(failure);
    this.#events?.failed(failure);
  }

  /** Takes the children over at once, if they are ours to take. */
  #shardFinished(held: HeldLease): void {
    this.#keeper.finished(held);
    this.#catchUp.given(false); // until it was looked for the children
    if (this.#stopReading.signal.aborted) return;
    this.#keeper.takeShare().catch((error: unknown) => diag.warn(`the leases wait: ${toSwathError(error).message}`));
  }
}
