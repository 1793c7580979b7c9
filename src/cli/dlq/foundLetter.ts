import type { DeadLetter } from '../../records/deadLetter.ts';
import type { TraceCarrier } from '../../tile/traceCarrier.ts';

/** A dead letter, and where it lies. */
export interface FoundLetter {
  /** Partition or shard of the dead letter, not of the record it holds. */
  readonly partition: string;
  /** Positions in that partition: one, or one for each part it travelled in. */
  readonly positions: readonly string[];
  readonly letter: DeadLetter;
  /** Id of the tile, as far as the record tells one; else the name of its origin. */
  readonly id: string;
  /** True where it may have come after the look for dead letters began: what a replay sends may come back at once. */
  readonly late: boolean;
  /** True when a replay has sent it and marked it. */
  readonly replayed: boolean;
  /** How often the tile had been replayed before it was refused this time. */
  readonly replays: number;
  /** Trace of the tile. */
  readonly carrier: TraceCarrier | undefined;
}
