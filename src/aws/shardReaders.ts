import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import type { Assignment, Commit } from '../ports/recordReader.ts';
import { instruments } from '../telemetry/metrics.ts';
import type { CatchUp } from '../tile/catchUp.ts';
import type { HeldLease } from './heldLease.ts';
import { ShardReader, type ShardReaderOptions } from './shardReader.ts';
import type { ShardSync } from './shardSync.ts';

/** Options of {@link ShardReaders}. */
export interface ShardReadersOptions
  extends Omit<ShardReaderOptions, 'held' | 'epoch' | 'assigned' | 'exists' | 'behind' | 'atEnd'> {
  readonly sync: ShardSync;
  /** Aborted when no shard is to be read any more. */
  readonly stopReading: AbortSignal;
  readonly catchUp: CatchUp;
  readonly assigned: (assignment: Assignment) => void;
  readonly revoked: (partition: string) => void;
  /** Told that a shard's lease says so, when the shard is finished. */
  readonly finished: (held: HeldLease) => void;
  readonly failed: (error: unknown) => void;
}

const tryEndAgainMs = 1_000;

/** The shards this process reads, from taking their leases to losing or finishing them. */
export class ShardReaders {
  readonly #options: ShardReadersOptions;
  readonly #readers = new Map<string, ShardReader>();
  readonly #finishing = new Set<HeldLease>();
  readonly #epochs = new Map<string, number>();
  readonly #behindMs = new Map<string, number>();

  constructor(options: ShardReadersOptions) {
    this.#options = options;
  }

  /** Begins to read a shard. */
  start(held: HeldLease): void {
    const { stopReading, sync, assigned, failed, catchUp, ...options } = this.#options;
    if (stopReading.aborted) return;
    const partition = held.key;
    const epoch = (this.#epochs.get(partition) ?? 0) + 1;
    this.#epochs.set(partition, epoch);
    catchUp.expect(partition, 0, 1); // how many reads found the end
    const reader = new ShardReader({
      ...options,
      held,
      epoch,
      exists: async () => (await sync.shards()).some(({ id }) => id === partition),
      assigned: (progress) => assigned({ partition, epoch, progress }),
      behind: (ms) => {
        if (this.#readers.get(partition) === reader) this.#tellBehind(partition, ms);
      },
      atEnd: () => {
        if (this.#readers.get(partition) !== reader) return;
        catchUp.reached(partition, 1);
        options.queue.wake();
      },
    });
    this.#readers.set(partition, reader);
    reader
      .run(AbortSignal.any([stopReading, held.gone]))
      .then(() => this.#finish(reader))
      .catch(failed);
  }

  /** Hears that a lease went to another worker. */
  lost(held: HeldLease): void {
    if (this.#readers.get(held.key)?.held !== held) return;
    diag.warn(`shard ${held.key} of ${this.#options.stream} went to another worker`);
    this.#forget(held.key);
  }

  /** Hears that nobody takes what waits of a shard. */
  paused(partition: string): void {
    this.#readers.get(partition)?.letGo();
  }

  async commit(commit: Commit): Promise<void> {
    const reader = this.#readers.get(commit.partition);
    if (reader === undefined || reader.epoch !== commit.epoch) return;
    await reader.commit(commit);
    await this.#finish(reader);
  }

  /** Forgets all shards; nothing is told of them any more. */
  close(): void {
    this.#readers.clear();
    for (const partition of this.#behindMs.keys()) this.#tellBehind(partition, undefined);
  }

  /** Ends a shard whose records are all settled: its children get leases before anybody can see that it is finished. */
  async #finish(reader: ShardReader): Promise<void> {
    const { successors, held } = reader;
    const { sync, store, finished, failed, stream, timing } = this.#options;
    if (successors === undefined || this.#finishing.has(held)) return;
    this.#finishing.add(held);
    try {
      const shards = await sync.run(successors);
      const children = shards.filter(({ parents }) => parents.includes(held.key)).map(({ id }) => id);
      const end = { checkpoint: 'SHARD_END', subSequence: 0, map: '' };
      if (!(await held.change((lease) => store.checkpoint(lease, end, children)))) return;
      this.#forget(held.key);
      finished(held);
    } catch (error) {
      const { retryable, message } = toSwathError(error);
      if (!retryable) throw error;
      // Whoever takes the lease over instead finds nothing to read, and ends it likewise.
      diag.warn(`ending shard ${held.key} of ${stream} waits: ${message}`);
      void timing
        .sleep(tryEndAgainMs, held.gone)
        .then(() => (held.gone.aborted ? undefined : this.#finish(reader)))
        .catch(failed);
    } finally {
      this.#finishing.delete(held);
    }
  }

  #tellBehind(partition: string, ms: number | undefined): void {
    if (ms === undefined) this.#behindMs.delete(partition);
    else this.#behindMs.set(partition, ms);
    // Who has no shard is not behind; a gauge that is not told so keeps its last value.
    instruments().behind(this.#options.stream, Math.max(0, ...this.#behindMs.values()) / 1000);
  }

  #forget(partition: string): void {
    const { queue, revoked, catchUp } = this.#options;
    catchUp.forget(partition);
    this.#readers.delete(partition);
    this.#tellBehind(partition, undefined);
    queue.withdraw(partition);
    queue.resume(partition);
    revoked(partition);
  }
}
