/** What a window can commit right now. */
export interface WindowProgress {
  /** Smallest slot that may be unfinished. */
  readonly nextSlot: number;
  /** Position of the last finished record below `nextSlot`; absent when there is none yet. */
  readonly position: string | undefined;
  /** Position of the record at `nextSlot`, when it is in flight. */
  readonly nextPosition: string | undefined;
  /** Finished slots above, as distances from `nextSlot`, ascending. */
  readonly finished: readonly number[];
  /** Unfinished slots with a job that runs at an endpoint, likewise. */
  readonly running: readonly number[];
  /** For each of these the number of its job among those of its tile. */
  readonly jobs: readonly number[];
}
