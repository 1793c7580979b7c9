import type { PartitionOffsets } from '../../../src/kafka/partitionOffsets.ts';

/** What brokers that tell no ids know of a partition of 100 records that nobody committed, but for what the test says. */
export function partitionOffsetsOf(own: Partial<PartitionOffsets> = {}): PartitionOffsets {
  const progress = { committed: undefined, map: '', committedTo: undefined, wiped: false };
  return { ...progress, low: 0, high: 100, end: 100, added: false, log: undefined, ...own };
}
