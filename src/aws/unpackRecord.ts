import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import type { ReadRecord } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { decodeAggregate } from './decodeAggregate.ts';
import { hashKeyOf } from './hashKeyOf.ts';
import { formatPosition, type ShardPosition } from './shardPosition.ts';
import type { UserRecord } from './userRecord.ts';

/** A record as it is read, before it gets its slot. */
export type PlacedRecord = Omit<ReadRecord<StreamRecord>, 'slot'> & { readonly place: ShardPosition };

/** Hash keys of a shard, both ends included. */
export interface HashRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** What is in a Kinesis record. */
export interface UnpackedRecord {
  readonly records: readonly PlacedRecord[];
  /** How many were left out, because they belong to another shard. */
  readonly skipped: number;
}

/**
 * Takes a Kinesis record for what it is: one record, or an aggregate of many, which then get positions of their own.
 *
 * A Kinesis Producer Library that has not heard of a reshard packs records of several shards into one aggregate; when it learns
 * where the aggregate went, it writes those again whose hash keys that shard does not have. Here they are skipped; the Kinesis
 * Client Library skips the whole aggregate then, which loses the others. Where not even the first record is in the range, whose
 * hash key decides where the aggregate goes, the writer does not place by hash keys and will write nothing again: nothing is
 * skipped.
 *
 * @param range - Hash keys of a shard that came from a reshard; absent where nothing can be out of its place.
 */
export function unpackRecord(
  { SequenceNumber = '', PartitionKey = '', Data, ApproximateArrivalTimestamp }: KinesisRecord,
  range?: HashRange,
): UnpackedRecord {
  const timestampMs = ApproximateArrivalTimestamp?.getTime() ?? 0;
  const place = (partitionKey: string, value: Uint8Array, subSequence: number): PlacedRecord => {
    const key = Buffer.from(partitionKey);
    const at = { sequence: SequenceNumber, subSequence };
    return {
      place: at,
      position: formatPosition(at),
      bytes: key.length + value.length,
      value: { key, value, headers: [], timestampMs },
    };
  };
  const data = Data ?? new Uint8Array();
  const users = decodeAggregate(data);
  if (users === undefined) return { records: [place(PartitionKey, data, 0)], skipped: 0 };
  const [first] = users;
  const filter = range !== undefined && first !== undefined && isIn(first, range) ? range : undefined;
  const records = users.flatMap((user, i) =>
    filter === undefined || isIn(user, filter) ? [place(user.partitionKey, user.data, i)] : [],
  );
  return { records, skipped: users.length - records.length };
}

function isIn({ partitionKey, explicitHashKey }: UserRecord, { start, end }: HashRange): boolean {
  const key = explicitHashKey === undefined ? hashKeyOf(partitionKey) : BigInt(explicitHashKey);
  return key >= start && key <= end;
}
