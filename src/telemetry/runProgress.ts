/** What a run has done so far; its source counts, a progress bar reads. */
export interface RunProgress {
  /** Partitions that the source may read now; 0 until the log gave it some. */
  partitions: number;
  /** Sources that read. */
  sources: number;
  /** Sources that have delivered everything that lay in the log when it gave out its partitions. */
  caughtUp: number;
  /** How often a log gave out partitions, or was read to its end. */
  turns: number;
  /** Records delivered as tiles; one that is delivered again counts once. */
  read: number;
  /** Tiles acknowledged. */
  acked: number;
  /** Tiles refused for good. */
  deadLettered: number;
  /** Tiles that were delivered again. */
  redelivered: number;
  /**
   * Records that came although they were finished or in flight already, so that they were not delivered: finished by an earlier
   * run, or read once more after a rebalance.
   */
  skipped: number;
  /** Tiles not yet settled. */
  inFlight: number;
  /** Tiles whose partition was taken away while the source drained, so that they come again. */
  takenAway: number;
  /** Commits whose map could not be read. */
  mapsIgnored: number;
}

const progress = new WeakMap<AbortSignal, RunProgress>();

/**
 * Finds the counters of a run by its drain signal, the one thing that a source and the run's owner share already; zeros
 * where nobody counted yet. Sources of one run add to the same counters.
 */
export function progressOf(drain: AbortSignal): RunProgress {
  let found = progress.get(drain);
  if (found === undefined) {
    found = {
      partitions: 0,
      sources: 0,
      caughtUp: 0,
      turns: 0,
      read: 0,
      acked: 0,
      deadLettered: 0,
      redelivered: 0,
      skipped: 0,
      inFlight: 0,
      takenAway: 0,
      mapsIgnored: 0,
    };
    progress.set(drain, found);
  }
  return found;
}
