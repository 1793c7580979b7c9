import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Lease, NewLease } from '../ports/leaseStore.ts';

/** An item of the lease table. */
export type LeaseItem = Record<string, AttributeValue>;

const checkpoints = /^(?:\d+|TRIM_HORIZON|LATEST|AT_TIMESTAMP|SHARD_END)$/;

/**
 * Reads an item as a lease; `undefined` for the other things that the Kinesis Client Library 3 keeps in the same table, which
 * are none of ours, and for what lacks the counter or the place that a lease must have: no write could be made on it.
 */
export function fromLeaseItem(item: LeaseItem): Lease | undefined {
  const text = (name: string): string | undefined => item[name]?.S;
  const number = (name: string): number => Number(item[name]?.N ?? 0);
  const texts = (name: string): readonly string[] => item[name]?.SS ?? [];
  const key = text('leaseKey');
  const checkpoint = text('checkpoint');
  const entity = text('entityType');
  if (key === undefined || (entity !== undefined && entity !== 'LEASE')) return undefined;
  if (checkpoint === undefined || !checkpoints.test(checkpoint) || item['leaseCounter']?.N === undefined)
    return undefined;
  const start = text('startingHashKey');
  const end = text('endingHashKey');
  const latestMs = Date.parse(text('swathLatest') ?? '');
  return {
    key,
    checkpoint,
    subSequence: number('checkpointSubSequenceNumber'),
    map: text('swathMap') ?? '',
    owner: text('leaseOwner'),
    counter: number('leaseCounter'),
    ownerSwitches: number('ownerSwitchesSinceCheckpoint'),
    parents: texts('parentShardId'),
    children: texts('childShardIds'),
    hashRange: start === undefined || end === undefined ? undefined : { start, end },
    leavingOwner: text('checkpointOwner'),
    stream: text('swathStream'),
    latestMs: Number.isNaN(latestMs) ? undefined : latestMs,
  };
}

/** Writes a new lease the way the Kinesis Client Library 2 does; our own attributes begin with `swath`, and it ignores them. */
export function toLeaseItem({ key, checkpoint, parents, hashRange, stream }: NewLease): LeaseItem {
  return {
    leaseKey: { S: key },
    leaseCounter: { N: '0' },
    checkpoint: { S: checkpoint },
    checkpointSubSequenceNumber: { N: '0' },
    ownerSwitchesSinceCheckpoint: { N: '0' },
    ...(parents.length > 0 && { parentShardId: { SS: [...parents] } }),
    ...(hashRange && { startingHashKey: { S: hashRange.start }, endingHashKey: { S: hashRange.end } }),
    ...(stream !== undefined && { swathStream: { S: stream } }),
  };
}
