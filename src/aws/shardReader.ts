import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import type { LeaseStore } from '../ports/leaseStore.ts';
import type { Commit, StoredProgress } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { BatchQueue } from './batchQueue.ts';
import type { HeldLease } from './heldLease.ts';
import { encodeLeaseMap } from './leaseMap.ts';
import type { ReadPermits } from './readPermits.ts';
import { type ReadShardOptions, readShard } from './readShard.ts';
import { type Resumption, resumption } from './resumption.ts';
import type { Shard } from './shard.ts';
import { isAfter, parsePosition, type ShardPosition } from './shardPosition.ts';
import { SlotPositions } from './slotPositions.ts';
import { type HashRange, type PlacedRecord, unpackRecord } from './unpackRecord.ts';

/** Options of {@link ShardReader}. */
export interface ShardReaderOptions extends Omit<ReadShardOptions, 'start' | 'shard' | 'ready'> {
  readonly held: HeldLease;
  readonly epoch: number;
  readonly store: LeaseStore;
  readonly queue: BatchQueue<StreamRecord>;
  readonly permits: ReadPermits;
  /** For checkpoint `AT_TIMESTAMP`, in milliseconds since the epoch. */
  readonly fromMs: number;
  /** Called before the first batch, and before that where nothing in it decides the progress. */
  readonly assigned: (progress: StoredProgress | undefined) => void;
}

/** One shard under one lease: numbers its records from the checkpoint on, hands them over, and keeps their progress. */
export class ShardReader {
  readonly held: HeldLease;
  readonly epoch: number;
  readonly #options: ShardReaderOptions;
  readonly #resumption: Resumption;
  readonly #positions = new SlotPositions();
  /** Of a shard that came from a reshard: aggregates in it may hold records of other shards. */
  readonly #hashRange: HashRange | undefined;
  #toldDisplaced = false;
  #nextSlot = 0;
  #assigned = false;
  #children: readonly Shard[] | undefined;
  #committed: Commit | undefined;
  #letGo: () => void = () => undefined;

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.held = options.held;
    this.epoch = options.epoch;
    const { lease } = options.held;
    this.#resumption = resumption(lease, options.fromMs);
    const { hashRange: range, parents } = lease;
    if (range !== undefined && parents.length > 0)
      this.#hashRange = { start: BigInt(range.start), end: BigInt(range.end) };
  }

  /** The shards that carry this one on, once it is closed, read to its end, and all of it is settled and committed. */
  get successors(): readonly Shard[] | undefined {
    const { nextSlot = 0, nextPosition } = this.#committed ?? {};
    const settled = this.#nextSlot === 0 || (nextSlot >= this.#nextSlot && nextPosition === undefined);
    return settled ? this.#children : undefined;
  }

  /** Reads until the shard's end or the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { held } = this.#options;
    const ready = (): Promise<() => void> => this.#ready(signal);
    // An idle shard is ours, too: whoever waits for this run to begin need not wait for a record.
    const { start, needsFirst } = this.#resumption;
    if (!needsFirst && start.type !== 'LATEST') this.#assign('');
    for await (const { records, children, latestMs } of readShard(
      { ...this.#options, start, shard: held.key, ready },
      signal,
    )) {
      if (latestMs !== undefined) await this.#begin(latestMs, signal);
      for (const fresh of this.#unpack(records)) if (!(await this.#handOver(fresh))) return;
      if (children !== undefined) this.#children = children;
    }
  }

  /** From here on nothing that comes is skipped, whoever reads the shard next, though nothing is committed before the first record. */
  async #begin(latestMs: number, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    await this.#durably(() => this.held.change((lease) => store.begin(lease, latestMs)));
    if (!signal.aborted) this.#assign('');
  }

  /** Waits while the shard is paused, and until the process may hold what another read brings. */
  async #ready(signal: AbortSignal): Promise<() => void> {
    const { queue, permits, held } = this.#options;
    for (;;) {
      await queue.ready(held.key, signal);
      this.#letGo = await permits.take(signal);
      if (!queue.isPaused(held.key) || signal.aborted) return this.#letGo;
      this.#letGo(); // paused while it waited
    }
  }

  /** Lets other shards be read although nobody takes what this one has brought. */
  letGo(): void {
    this.#letGo();
  }

  /** Keeps progress in the lease; without effect once the lease is lost. */
  async commit(commit: Commit): Promise<void> {
    const { store } = this.#options;
    this.#committed = commit;
    const next = commit.nextPosition ?? this.#positions.at(commit.nextSlot);
    await this.#durably(() =>
      this.held.change((lease) => {
        const { checkpoint, subSequence } = commit.position === undefined ? lease : checkpointAt(commit.position);
        const map = encodeLeaseMap({ next, map: commit.map }, { checkpoint, subSequence });
        return store.checkpoint(lease, { checkpoint, subSequence, map });
      }),
    );
    this.#positions.dropBelow(commit.nextSlot);
  }

  /** Tries what a passing outage stopped again, as long as the lease is ours. */
  async #durably(write: () => Promise<unknown>): Promise<void> {
    const { timing, stream, held } = this.#options;
    for (let attempt = 1; !held.gone.aborted; attempt++) {
      try {
        await write();
        return;
      } catch (error) {
        const { retryable, message } = toSwathError(error);
        if (!retryable) throw error;
        diag.warn(`the commit of ${stream}/${held.key} waits (attempt ${attempt}): ${message}`);
        await timing.sleep(Math.min(5000, 100 * 2 ** attempt) * (0.5 + timing.random() / 2), held.gone);
      }
    }
  }

  /** Takes aggregates apart; an aggregate may hold many more records than one read should hand over. */
  *#unpack(read: readonly KinesisRecord[]): Generator<readonly PlacedRecord[], void, undefined> {
    let fresh: PlacedRecord[] = [];
    for (const each of read) {
      const { records, displaced } = unpackRecord(each, this.#hashRange);
      if (displaced > 0) this.#tellDisplaced(displaced, each.SequenceNumber);
      for (const record of records) {
        if (!this.#isFresh(record.place)) continue;
        fresh.push(record);
        if (fresh.length < this.#options.maxRecords) continue;
        yield fresh;
        fresh = [];
      }
    }
    if (fresh.length > 0) yield fresh;
  }

  /** Once per assignment: after a reshard it happens with many aggregates. */
  #tellDisplaced(displaced: number, sequence: string | undefined): void {
    if (this.#toldDisplaced) return;
    this.#toldDisplaced = true;
    diag.warn(
      `${displaced} records in the aggregate ${sequence} of shard ${this.held.key} have hash keys of another shard, and are ` +
        'delivered here all the same, here and further on: a producer that had not heard of a reshard yet writes them again ' +
        'there, and then they come twice; one that places an aggregate by its first record does not',
    );
  }

  async #handOver(fresh: readonly PlacedRecord[]): Promise<boolean> {
    const { queue, held } = this.#options;
    this.#assign(fresh[0]?.position ?? '');
    this.#positions.add(
      this.#nextSlot,
      fresh.map(({ position }) => position),
    );
    const records = fresh.map((record, i) => ({ ...record, slot: this.#nextSlot + i }));
    const handedOver = await queue.push({ partition: held.key, epoch: this.epoch, records });
    if (handedOver) this.#nextSlot += fresh.length;
    return handedOver;
  }

  #assign(first: string): void {
    if (this.#assigned) return;
    this.#assigned = true;
    this.#options.assigned(this.#resumption.progress(first));
  }

  #isFresh(place: ShardPosition): boolean {
    const { after } = this.#resumption;
    return after === undefined || isAfter(place, after);
  }
}

function checkpointAt(position: string): { checkpoint: string; subSequence: number } {
  const { sequence, subSequence } = parsePosition(position);
  return { checkpoint: sequence, subSequence };
}
