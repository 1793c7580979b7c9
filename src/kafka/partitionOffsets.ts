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
  /** Offset the next record will get. */
  readonly high: number;
  /** Id of the topic as it is now; absent where brokers tell none. */
  readonly log: string | undefined;
}

/** Progress committed to the topic as it is now: what was committed to an earlier one of its name, or to another cluster's, is none. */
export function progressIn({ committed, map, committedTo, high, log }: PartitionOffsets): StoredProgress | undefined {
  if (committed === undefined || committed > high) return undefined; // no log commits beyond its own end
  if (committedTo !== undefined && log !== undefined && committedTo !== log) return undefined;
  return { nextSlot: committed, map };
}
