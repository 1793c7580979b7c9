import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { SourceError } from '../errors/sourceError.ts';
import type { LeaseStore } from '../ports/leaseStore.ts';
import { planLeases, planRemovals, type StartMark } from './planLeases.ts';
import { type Shard, toShard } from './shard.ts';
import { streamError } from './streamError.ts';

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
  async shards(): Promise<Shard[]> {
    const { client, stream } = this.#options;
    const shards: Shard[] = [];
    let token: string | undefined;
    try {
      do {
        const command = new ListShardsCommand(token === undefined ? { StreamName: stream } : { NextToken: token });
        const answer = await client.send(command);
        shards.push(...(answer.Shards ?? []).map(toShard));
        token = answer.NextToken;
      } while (token !== undefined);
    } catch (error) {
      throw streamError(error, 'ListShards', stream);
    }
    return shards;
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
