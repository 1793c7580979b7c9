import { encodeAggregate } from './encodeAggregate.ts';
import { hashKeyOf } from './hashKeyOf.ts';
import type { PutEntry } from './putBatch.ts';
import type { ShardOf } from './shardMap.ts';

/** Options of {@link packAggregates}. */
export interface PackOptions {
  readonly shardOf: ShardOf;
  /** Size that no aggregate exceeds together with its key. */
  readonly maxBytes: number;
  /** Hears where an aggregate went. */
  readonly landed: (expected: string, actual: string | undefined) => void;
}

/** Magic, MD5, and the hash key with its tag. */
const frameBytes = 4 + 16 + 41;
/** Tags, lengths and indices of a record and of its key, at most. */
const overheadBytes = 20;

/**
 * Packs records that go to the same shard into aggregates, in their order; what stays alone stays as it is.
 *
 * Every record of an aggregate carries the hash key of its first one, which decides where the aggregate goes: so wherever that is,
 * also after a reshard, no reader takes a record for one of another shard: the Kinesis Client Library would skip it.
 */
export function packAggregates(entries: readonly PutEntry[], { shardOf, maxBytes, landed }: PackOptions): PutEntry[] {
  const packed: PutEntry[] = [];
  const open = new Map<string, { readonly entries: PutEntry[]; bytes: number }>();
  const close = (shard: string): void => {
    const { entries: group = [] } = open.get(shard) ?? {};
    open.delete(shard);
    const [first] = group;
    if (first !== undefined) packed.push(group.length === 1 ? first : pack(first, group, shard, landed));
  };
  for (const entry of entries) {
    const shard = shardOf(hashKeyOf(entry.partitionKey));
    if (shard === undefined) {
      packed.push(entry);
      continue;
    }
    const bytes = entry.bytes + overheadBytes;
    const group = open.get(shard);
    if (group !== undefined && group.bytes + bytes <= maxBytes) {
      group.entries.push(entry);
      group.bytes += bytes;
      continue;
    }
    close(shard);
    // The key of the first is also the key of the whole.
    open.set(shard, { entries: [entry], bytes: frameBytes + bytes + Buffer.byteLength(entry.partitionKey) });
  }
  for (const shard of [...open.keys()]) close(shard);
  return packed;
}

function pack(
  { partitionKey }: PutEntry,
  group: readonly PutEntry[],
  shard: string,
  landed: PackOptions['landed'],
): PutEntry {
  const explicitHashKey = hashKeyOf(partitionKey).toString();
  const data = encodeAggregate(group.map((entry) => ({ ...entry, explicitHashKey })));
  return {
    partitionKey,
    data,
    bytes: data.length + Buffer.byteLength(partitionKey),
    written(actual) {
      landed(shard, actual);
      for (const entry of group) entry.written(actual);
    },
    failed(error) {
      for (const entry of group) entry.failed(error);
    },
  };
}
