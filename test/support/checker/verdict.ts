/** What became of the records of a topic. Positions are written `partition/offset`. */
export interface Verdict {
  readonly records: number;
  /** Input records that are neither in the output nor in the dead letter. */
  readonly lost: number;
  /** Records written beyond the first of their position, in output and dead letter together. */
  readonly repeated: number;
  readonly lostPositions: readonly string[];
  /** Each as often as it was repeated. */
  readonly repeatedPositions: readonly string[];
  /** Positions that came first only after a later position of the same key, within one partition of the output. */
  readonly inversions: readonly string[];
  /** The same for later positions of the same partition, whatever their key. */
  readonly partitionInversions: readonly string[];
  /** Lost positions below the committed offset: no restart would bring them again. */
  readonly overCommitted: readonly string[];
  /** Records that name no record of the input as their origin. */
  readonly strangers: readonly string[];
}
