import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import { listShards } from './listShards.ts';
import type { Shard } from './shard.ts';

/** Names the shard that takes a hash key; `undefined` where none is known. */
export type ShardOf = (hashKey: bigint) => string | undefined;

/** Options of {@link ShardMap}. */
export interface ShardMapOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Kinesis allows many more looks; but a reshard takes seconds, and its shards are listed a little later than they are used. */
const shortestIntervalMs = 1000;

/** Which shard takes which hash keys: looked up once, and again when a record went elsewhere than the map says. */
export class ShardMap {
  readonly #options: ShardMapOptions;
  #map: Promise<ShardOf> | undefined;
  #stale = true;
  #nextLookMs = Number.NEGATIVE_INFINITY;

  constructor(options: ShardMapOptions) {
    this.#options = options;
  }

  /** The map as far as it is known; where the shards cannot be listed it is the last one, or an empty one. Never rejects. */
  current(): Promise<ShardOf> {
    const nowMs = this.#options.nowMs();
    if (this.#map === undefined || (this.#stale && nowMs >= this.#nextLookMs)) {
      this.#stale = false;
      this.#nextLookMs = nowMs + shortestIntervalMs;
      this.#map = this.#look(this.#map);
    }
    return this.#map;
  }

  /** Hears where a record went. */
  saw(expected: string, actual: string | undefined): void {
    if (actual !== undefined && actual !== expected) this.#stale = true;
  }

  async #look(last: Promise<ShardOf> | undefined): Promise<ShardOf> {
    const { client, stream } = this.#options;
    try {
      return shardOf(await listShards(client, stream));
    } catch (error) {
      this.#stale = true;
      const how = last === undefined ? 'unpacked' : 'as before';
      diag.warn(`the shards of ${stream} cannot be listed, so records travel ${how}: ${toSwathError(error).message}`);
      return (await last) ?? shardOf([]);
    }
  }
}

function shardOf(shards: readonly Shard[]): ShardOf {
  const ranges = shards
    .filter(({ open }) => open)
    .flatMap(({ id, hashRange }) =>
      hashRange === undefined ? [] : [{ id, start: BigInt(hashRange.start), end: BigInt(hashRange.end) }],
    )
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  return (hashKey) => {
    let low = 0;
    for (let high = ranges.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle]?.start ?? 0n) <= hashKey) low = middle + 1;
      else high = middle;
    }
    const range = ranges[low - 1];
    return range !== undefined && hashKey <= range.end ? range.id : undefined;
  };
}
