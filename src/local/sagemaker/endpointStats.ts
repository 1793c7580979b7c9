/** Counts of one endpoint since it was added. */
export interface EndpointStats {
  /** Invocations answered 202, or accepted before their connection was reset. */
  readonly accepted: number;
  readonly throttled: number;
  /** Invocations refused for another reason: validation, an injected error or reset. */
  readonly refused: number;
  /** Times the container was given work. */
  readonly containerCalls: number;
  /** Jobs whose result was written. */
  readonly completed: number;
  /** Jobs that ended otherwise; those expired and timed out are among them. */
  readonly failed: number;
  /** Jobs whose RequestTTLSeconds passed in the queue. */
  readonly expired: number;
  /** Jobs whose InvocationTimeoutSeconds passed. */
  readonly timedOut: number;
  readonly queued: number;
  readonly running: number;
  /** The most that ever ran at once. */
  readonly maxRunning: number;
  /** Accepted invocations by InferenceId; the oldest are forgotten beyond 1,000,000. */
  readonly byInferenceId: ReadonlyMap<string, number>;
  /** Accepted invocations by the S3 URI of their result; the oldest are forgotten beyond 1,000,000. */
  readonly byOutputLocation: ReadonlyMap<string, number>;
  /** Last outcome that could not be written or announced. */
  readonly lastProblem: string | undefined;
}

/** Names of the plain counts. */
export type EndpointCount = {
  [Name in keyof EndpointStats]: EndpointStats[Name] extends number ? Name : never;
}[keyof EndpointStats];
