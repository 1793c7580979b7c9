import type { Invocation } from './invocation.ts';
import type { OutcomeLocations } from './outcomeLocations.ts';

/** An accepted invocation. */
export interface Job {
  readonly invocation: Invocation;
  readonly inferenceId: string;
  readonly locations: OutcomeLocations;
  readonly receivedAt: Date;
}
