import type { InlinePayload, PayloadReference } from '../tile/tile.ts';
import type { CallOptions, ObjectStore } from './objectStore.ts';

/** A job for an asynchronous endpoint. */
export interface InvocationRequest extends CallOptions {
  /** Name of the job: same name, same output object. Letters, digits, `-`, `_`, `.` and `/`. */
  readonly name: string;
  readonly input: InlinePayload | PayloadReference;
  readonly contentType: string;
  readonly accept?: string;
  /** Handed to the model with the request; values must be visible ASCII. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What is left of the tile's deadline; the endpoint gives up by then. */
  readonly remainingMs: number;
}

/** Where a job's outcome will appear. */
export interface Invocation {
  readonly inferenceId: string;
  readonly outputUri: string;
  /** Absent where the endpoint has no failure path. */
  readonly failureUri?: string | undefined;
  /**
   * Wall clock of the endpoint when it accepted the job, in milliseconds since the epoch, less what clocks may differ: an older
   * object at the same place belongs to an earlier job. Absent where it is not known.
   */
  readonly notBeforeMs?: number | undefined;
}

/** A model behind an asynchronous endpoint, with the store its inputs and outputs lie in. */
export interface AsyncEndpoint {
  readonly name: string;
  readonly store: ObjectStore;
  /** Largest payload that {@link AsyncEndpoint.invoke} takes inline, in bytes. */
  readonly maxInlineBytes: number;
  /** True when a payload may be read from this URI: its bucket is allowed by the configuration. */
  allows(uri: string): boolean;
  /** Where the input of a job is put when it is not inline. */
  inputUri(name: string): string;
  /** Where a job of this name is expected to leave its outcome, so that a repeated tile finds it; absent when not known before. */
  expected(name: string): Invocation | undefined;
  /** @throws ServiceError when the endpoint refuses the job. */
  invoke(request: InvocationRequest): Promise<Invocation>;
}
