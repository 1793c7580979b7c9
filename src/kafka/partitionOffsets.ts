import type { StoredProgress } from '../ports/recordReader.ts';

/** What the brokers know of a partition when it is assigned. */
export interface PartitionOffsets {
  /** Committed offset; absent when there is none. */
  readonly committed: number | undefined;
  /** The map that was committed beside it. */
  readonly map: string;
  /** Id of the topic that it was committed to; absent when the commit does not say. */
  readonly committedTo: string | undefined;
  /** True when a plain client of the group wiped the commit, because what it was to read next had been deleted from the log. */
  readonly wiped: boolean;
  /** Offset of the oldest record kept. */
  readonly low: number;
  /** Offset behind the newest record that may be read: the last stable offset, where the oldest open transaction begins. */
  readonly high: number;
  /** Offset that the next record will get. */
  readonly end: number;
  /** True when the topic did not have the partition when it was first looked at. */
  readonly added: boolean;
  /** Id of the topic as it is now; absent where brokers tell none. */
  readonly log: string | undefined;
}

/**
 * Progress committed to the topic as it is now: what was committed to an earlier one of its name, or to another cluster's, is none.
 *
 * A commit beyond the end tells of an earlier topic where brokers tell no ids. Where they do, the log lost its newest records (unclean
 * leader election), or somebody put it there by hand: what comes next is wanted.
 */
export function progressIn({ committed, map, committedTo, end, log }: PartitionOffsets): StoredProgress | undefined {
  if (committed === undefined) return undefined;
  if (log === undefined) return committed > end ? undefined : { nextSlot: committed, map };
  if (committedTo !== undefined && committedTo !== log) return undefined;
  return committed > end ? { nextSlot: end, map: '' } : { nextSlot: committed, map };
}
