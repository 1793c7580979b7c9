import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { SourceError } from '../errors/sourceError.ts';
import type { Lease, LeaseStore, NewLease } from '../ports/leaseStore.ts';
import { listShards } from './listShards.ts';
import { planLeases, planRemovals, type StartMark } from './planLeases.ts';
import type { Shard } from './shard.ts';
import type { Timing } from './timing.ts';

/** Options of {@link ShardSync}. */
export interface ShardSyncOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly store: LeaseStore;
  /** Name of the table, for messages. */
  readonly leaseTable: string;
  readonly start: StartMark;
  readonly timing: Timing;
  /** Aborted when nothing is read any more. */
  readonly stopped: AbortSignal;
}

const looks = 5;
const lookAgainMs = 1_000;

/** Keeps the leases in step with the shards of a stream. */
export class ShardSync {
  readonly #options: ShardSyncOptions;

  constructor(options: ShardSyncOptions) {
    this.#options = options;
  }

  /** All shards that the stream still has. @throws SourceError when there is no such stream. */
  shards(): Promise<Shard[]> {
    const { client, stream } = this.#options;
    return listShards(client, stream);
  }

  /**
   * Makes the leases that are missing, and removes those that nobody needs any more.
   *
   * @param more - Shards known from elsewhere, which the list may not name yet.
   * @returns The shards.
   * @throws SourceError when the table keeps the leases of another stream.
   */
  async run(more: readonly Shard[] = []): Promise<Shard[]> {
    const { stream, store, start } = this.#options;
    const { listed, leases } = await this.#look();
    const shards = [...listed, ...more.filter(({ id }) => listed.every((shard) => shard.id !== id))];
    await this.#create(planLeases(shards, leases, start, stream));
    for (const lease of planRemovals(shards, leases)) await store.remove(lease);
    return shards;
  }

  /** What is there already was made by another process. An item that is no lease would keep its shard from everybody, in silence. */
  async #create(missing: readonly NewLease[]): Promise<void> {
    const { stream, store, leaseTable } = this.#options;
    const there: string[] = [];
    for (const lease of missing) if (!(await store.create(lease))) there.push(lease.key);
    if (there.length === 0) return;
    const readable = new Set((await store.list()).map(({ key }) => key));
    const odd = there.find((key) => !readable.has(key));
    if (odd === undefined) return;
    const message = `the item ${odd} of the lease table ${leaseTable} is not a lease that can be read: leaseCounter must be a number, checkpoint a sequence number or a mark like TRIM_HORIZON; mend or remove it`;
    throw new SourceError('SOURCE_FAILED', stream, message);
  }

  /**
   * Lists shards and leases.
   *
   * @throws SourceError when the leases are of another stream, and when a shard takes records that is finished by its lease: it
   * has the name of one of an older stream, and nobody would ever read it.
   */
  async #look(): Promise<{ readonly listed: readonly Shard[]; readonly leases: readonly Lease[] }> {
    const { stream, store, leaseTable, timing, stopped } = this.#options;
    for (let look = 1; ; look++) {
      const listed = await this.shards();
      const leases = await store.list();
      const foreign = leases.find((lease) => lease.stream !== undefined && lease.stream !== stream);
      if (foreign !== undefined) {
        const message = `the lease table ${leaseTable} keeps the leases of stream ${foreign.stream}; give stream ${stream} a table of its own (kinesis.leaseTable)`;
        throw new SourceError('SOURCE_FAILED', stream, message);
      }
      const ended = new Set(leases.flatMap(({ key, checkpoint }) => (checkpoint === 'SHARD_END' ? [key] : [])));
      const odd = listed.find(({ id, open }) => open && ended.has(id));
      if (odd === undefined || stopped.aborted) return { listed, leases };
      if (look === looks) {
        const message = `shard ${odd.id} takes records, but its lease says that it is finished: was stream ${stream} made anew? Then remove the leases from the table ${leaseTable}, or name another one`;
        throw new SourceError('SOURCE_FAILED', stream, message);
      }
      // The shards were listed before the leases, and what closed a moment ago may still be listed as open.
      await timing.sleep(lookAgainMs, stopped);
    }
  }
}
