import type { Context } from '@opentelemetry/api';
import type { SwathError } from '../errors/swathError.ts';
import type { Delivery } from '../tile/delivery.ts';
import type { Origin } from '../tile/origin.ts';

/** A delivery that failed, with the record as it was read. */
export interface FailedTile<R> {
  readonly record: R;
  readonly origin: Origin;
  /** How often the record was delivered by this process; counts from 1. */
  readonly attempt: number;
  readonly reason: SwathError;
  /** Name of the stage that failed. */
  readonly stage: string;
  /** What is left of the delivery: the duty to take the record somewhere; writers that commit its position together with a dead letter need it. */
  readonly delivery: Delivery;
  /** Trace of the tile. */
  readonly context: Context;
  /** Aborted when the delivery is abandoned: the outcome no longer matters. */
  readonly signal: AbortSignal;
}

/** What becomes of the record: it is done, or it is delivered again after so many milliseconds. */
export type NackVerdict = 'settled' | { readonly redeliverAfterMs: number };

/** Decides what becomes of failed tiles. A rejection ends the source with that error, and nothing of the record is committed. */
export interface NackPolicy<R> {
  (failed: FailedTile<R>): Promise<NackVerdict>;
  /** Looks whether what the policy writes to is there; called before the source reads. A rejection ends the source. */
  readonly open?: () => Promise<void>;
  /** Frees what the policy writes to; called when the source ends. */
  readonly close?: () => Promise<void>;
}
