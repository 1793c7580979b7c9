/** When to look for the outcome of one job. Times are milliseconds since the job was accepted. */
export interface PollPlan {
  /** When to look first. */
  readonly firstMs: number;
  /** When to look next, after looking at `sinceMs` for nothing; later than `sinceMs`. */
  nextMs(sinceMs: number, attempt: number): number;
  /** True when attempt `attempt` at `sinceMs`, which found no output, should look for a failure object too. */
  looksForFailure(sinceMs: number, attempt: number): boolean;
  /** Reports that the outcome was not there at `pendingMs` (0: never looked before) and was there at `foundMs`. */
  found(pendingMs: number, foundMs: number): void;
}

/** Makes a plan per job, and may learn from earlier ones. */
export interface PollSchedule {
  plan(): PollPlan;
}
