import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { SourceError } from '../errors/sourceError.ts';
import type { LeaseStore } from '../ports/leaseStore.ts';
import { listShards } from './listShards.ts';
import { planLeases, planRemovals, type StartMark } from './planLeases.ts';
import type { Shard } from './shard.ts';

/** Options of {@link ShardSync}. */
export interface ShardSyncOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly store: LeaseStore;
  /** Name of the table, for messages. */
  readonly leaseTable: string;
  readonly start: StartMark;
}

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
    const { stream, store, start, leaseTable } = this.#options;
    const listed = await this.shards();
    const shards = [...listed, ...more.filter(({ id }) => listed.every((shard) => shard.id !== id))];
    const leases = await store.list();
    const foreign = leases.find((lease) => lease.stream !== undefined && lease.stream !== stream);
    if (foreign !== undefined) {
      const message = `the lease table ${leaseTable} keeps the leases of stream ${foreign.stream}; give stream ${stream} a table of its own (kinesis.leaseTable)`;
      throw new SourceError('SOURCE_FAILED', stream, message);
    }
    for (const lease of planLeases(shards, leases, start, stream)) await store.create(lease);
    for (const lease of planRemovals(shards, leases)) await store.remove(lease);
    return shards;
  }
}
