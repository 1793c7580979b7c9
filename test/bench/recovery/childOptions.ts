/** What a child process of the recovery benchmark is told, as JSON in its first argument. */
export interface ChildOptions {
  readonly brokers: string[];
  readonly topic: string;
  readonly groupId: string;
  readonly output: string;
  /** File it counts in. */
  readonly journal: string;
  readonly maxInFlight: number;
  readonly sessionTimeoutMs: number;
  readonly commitIntervalMs: number;
  /** Factor on the time that each tile takes: 0 for the process that finishes the rest. */
  readonly slowness: number;
}
