import type { Context } from '@opentelemetry/api';
import type { JobTrail } from './jobTrail.ts';
import type { Origin } from './origin.ts';

/** A delivery as its source made it. */
export interface RootDelivery extends Delivery {
  /** Ends that work on the record has still to come to: 1, or the number of parts that it was split into and that are not acknowledged. */
  readonly leaves: number;
}

/** The duty to settle one delivery of one record, once. The first settlement wins, later ones do nothing. */
export interface Delivery {
  readonly origin: Origin;
  /** How often the record was delivered by this process, this delivery included; counts from 1. */
  readonly attempt: number;
  /** True when an earlier process may have worked on the record already. */
  readonly redelivered: boolean;
  /** The trace of the tile. It travels here because ambient context gives wrong parents under `mergeMap`. */
  readonly context: Context;
  /** The tile's way through its inference stages, and which of its jobs runs. */
  readonly jobs: JobTrail;
  readonly settled: boolean;
  /** True once the partition was revoked or the source unsubscribed: nobody waits for the outcome any more. */
  readonly abandoned: boolean;
  /** What it was made of: itself, as the source made it; the whole of a part; all that a batch gathers. */
  readonly roots: readonly RootDelivery[];
  /** The tile is finished: its position may be committed. */
  ack(): void;
  /**
   * The tile failed; the source's `onNack` policy decides.
   *
   * @param stage - Name of the stage that failed, for the dead letter.
   */
  nack(reason: unknown, stage?: string): void;
  /** Counts ends that work on the record has to come to, over those it had; called by who splits it. */
  branch(change: number): void;
  /** Calls `listener` when the delivery is abandoned; the returned function takes it back. */
  onAbandon(listener: () => void): () => void;
}
