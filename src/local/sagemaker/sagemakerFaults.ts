import type { Latency } from '../latency.ts';

/** What goes wrong with calls of InvokeEndpointAsync. Shares are from 0 to 1; what is absent does not happen. */
export interface InvokeFaults {
  /** Time before the answer, in ms. */
  readonly latencyMs?: Latency;
  /** Share of calls that are throttled. */
  readonly throttle?: number;
  /** Calls per second above which calls are throttled, with a burst of one second's worth. */
  readonly throttleAbovePerSecond?: number;
  /** Status of a throttling answer, default 400; its name is ThrottlingException. */
  readonly throttleStatus?: 400 | 429;
  /** Share answered 500 InternalFailure. */
  readonly internalFailure?: number;
  /** Share answered 503 ServiceUnavailable. */
  readonly serviceUnavailable?: number;
  /** Share whose connection is reset before the job is accepted. */
  readonly reset?: number;
  /** Share whose job is accepted and whose connection is then reset: it took effect, and nobody was told. */
  readonly resetAfterAccept?: number;
  /** Share whose job is accepted and then lost: it never runs, and no outcome appears. */
  readonly lose?: number;
}

/** What goes wrong between the endpoint and its container. Shares are from 0 to 1. */
export interface ContainerFaults {
  /** Time added before the container is called, in ms; it counts as running. */
  readonly latencyMs?: Latency;
  /** Share answered 400 by the container. */
  readonly clientError?: number;
  /** Share answered 500 by the container. */
  readonly serverError?: number;
  /** Share that gets no answer at all. */
  readonly reset?: number;
}

/** Faults of one endpoint, by operation. */
export interface SagemakerFaults {
  readonly invoke?: InvokeFaults;
  readonly container?: ContainerFaults;
}
