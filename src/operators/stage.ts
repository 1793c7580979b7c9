import type { Context } from '@opentelemetry/api';
import type { ObservableInput } from 'rxjs';
import type { Delivery } from '../tile/delivery.ts';
import { backoff } from './backoff.ts';

/** How a stage retries: only errors that say they are retryable. */
export interface RetryOptions {
  /** Attempts in all, the first included; default 3. */
  readonly maxAttempts?: number | undefined;
  /** Wait after an attempt (counted from 1), in milliseconds; default {@link backoff}`()`. */
  readonly delayMs?: ((attempt: number) => number) | undefined;
  /**
   * How long an attempt that a service throttled, or was down for, uses up none of `maxAttempts`, in milliseconds from the first one;
   * default 0. See {@link ServiceError.isOutage}.
   */
  readonly outageForMs?: number | undefined;
}

/** Options of every stage that works on one tile at a time. */
export interface StageOptions {
  /** Tiles worked on at once; default: no limit but the source's `maxInFlight`. */
  readonly concurrency?: number | undefined;
  /** Limit for one attempt, in milliseconds; default none. */
  readonly timeoutMs?: number | undefined;
  /** Limit for the tile in this stage, retries included, in milliseconds; default none. */
  readonly deadlineMs?: number | undefined;
  readonly retry?: RetryOptions | undefined;
}

/** What a stage's function is told beside the tile. */
export interface StageInfo {
  /** Attempt of this stage at this tile, from 1. */
  readonly attempt: number;
  /** Aborted when the attempt is cancelled: timeout, deadline, revocation, unsubscription. */
  readonly signal: AbortSignal;
  /** Trace context of the stage's span. */
  readonly context: Context;
  readonly delivery: Delivery;
}

/** Defaults of {@link RetryOptions}. */
export const defaultRetry = { maxAttempts: 3, delayMs: backoff() } as const;

/** Works on one tile in a stage; is called again after a retryable error. The first value counts; what it learns is added to the tile. */
export type StageWork<T, L> = (tile: T, info: StageInfo) => ObservableInput<L>;
