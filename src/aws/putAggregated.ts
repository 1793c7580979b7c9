import { packAggregates } from './packAggregates.ts';
import { type PutBatchOptions, type PutEntry, putBatch } from './putBatch.ts';
import type { PutLimits } from './putQueue.ts';
import type { ShardMap } from './shardMap.ts';

/** Options of {@link putAggregated}. */
export interface PutAggregatedOptions extends PutBatchOptions {
  readonly shards: ShardMap;
  /** What one request may hold. */
  readonly limits: PutLimits;
  readonly maxRecordBytes: number;
}

/** Sends records packed into aggregates, with as many requests as that takes, one after another. Never rejects. */
export async function putAggregated(
  entries: readonly PutEntry[],
  { shards, limits, maxRecordBytes, ...options }: PutAggregatedOptions,
): Promise<void> {
  const packed = packAggregates(entries, {
    shardOf: await shards.current(),
    maxBytes: maxRecordBytes,
    landed: (expected, actual) => shards.saw(expected, actual),
  });
  for (let from = 0; from < packed.length; ) {
    let to = from;
    for (let bytes = 0; to < packed.length && to - from < limits.records; to++) {
      bytes += packed[to]?.bytes ?? 0;
      if (bytes > limits.bytes && to > from) break;
    }
    await putBatch(packed.slice(from, to), options);
    from = to;
  }
}
