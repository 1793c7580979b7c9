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
  /** How many of them have hash keys of another shard, and may be written again there. */
  readonly displaced: number;
}

/**
 * Takes a Kinesis record for what it is: one record, or an aggregate of many, which then get positions of their own.
 *
 * After a reshard an aggregate may hold records whose hash keys are those of another shard. Two kinds of producers make such: a
 * Kinesis Producer Library that had not heard of the reshard, which writes these records again in their own shard when it learns
 * where the aggregate went; and one that places an aggregate by the key of its first record, which writes nothing again. The
 * record does not tell which. So all are read: some may come twice, none is lost. Where not even the first record is in the
 * range, whose hash key decides where both put the aggregate, the writer is neither, and will write nothing again.
 *
 * @param range - Hash keys of a shard that came from a reshard; absent where nobody asks.
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
  if (users === undefined) return { records: [place(PartitionKey, data, 0)], displaced: 0 };
  const records = users.map((user, i) => place(user.partitionKey, user.data, i));
  const [first] = users;
  const expected = range !== undefined && first !== undefined && isIn(first, range);
  return { records, displaced: expected ? users.filter((user) => !isIn(user, range)).length : 0 };
}

function isIn({ partitionKey, explicitHashKey }: UserRecord, { start, end }: HashRange): boolean {
  const key = explicitHashKey === undefined ? hashKeyOf(partitionKey) : BigInt(explicitHashKey);
  return key >= start && key <= end;
}
