import type { GroupOffsets } from './groupOffsets.ts';
import type { PartitionOffsets } from './partitionOffsets.ts';
import type { TransactionLanes } from './transactions/transactionLanes.ts';

/** What {@link takeOver} asks. */
export interface TakingOver {
  /** The transactions that commits go through, where there are any. */
  readonly lanes: Pick<TransactionLanes, 'claim'> | undefined;
  readonly offsets: Pick<GroupOffsets, 'fetchAll'>;
  /** False when the partitions are not wanted any more. */
  readonly counts: () => boolean;
  /** Partitions that went to another producer; those that are claimed back are taken out. */
  readonly astray: Set<string>;
  readonly closing: AbortSignal;
}

/**
 * Takes assigned partitions from whoever had them, then reads what is committed. In this order: a transaction of theirs may count until they
 * are fenced, and what it commits would be made again.
 *
 * @returns `undefined` when the partitions are not wanted any more.
 * @throws What the brokers answered, where they refuse for good.
 */
export async function takeOver(
  partitions: readonly string[],
  { lanes, offsets, astray, counts, closing }: TakingOver,
): Promise<ReadonlyMap<string, PartitionOffsets> | undefined> {
  await lanes?.claim(partitions, counts); // from here on nobody else commits, whatever the group believes
  for (const partition of partitions) astray.delete(partition);
  return offsets.fetchAll(partitions, counts, closing);
}
