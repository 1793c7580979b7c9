import type { Invocation } from '../ports/asyncEndpoint.ts';
import type { Outcome } from './findOutcome.ts';

/** What {@link invokeAsync} learns. */
export interface InvokedTile {
  readonly invocation: Invocation & {
    /** Monotonic clock when the endpoint had accepted the job, in milliseconds. */
    readonly acceptedMs: number;
    /** Monotonic clock by which the tile must have its result, in milliseconds. */
    readonly dueMs: number;
    /** The outcome, where it is known already: that of an earlier delivery's job, for which no other was started. */
    readonly earlier?: Outcome;
  };
}
