import type { AsyncEndpoint, Invocation, InvocationRequest } from '../ports/asyncEndpoint.ts';
import { type MemoryObjectStore, memoryObjectStore } from './memoryObjectStore.ts';

/** What the model of a {@link memoryEndpoint} says to one job. */
export interface MemoryAnswer {
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  /** True when the job fails: the bytes are written to the failure URI. */
  readonly failed?: boolean;
}

/** Options of {@link memoryEndpoint}. */
export interface MemoryEndpointOptions {
  /** Default `memory`. */
  readonly name?: string;
  /** Where inputs and outputs lie; default a new one on the same clock. */
  readonly store?: MemoryObjectStore;
  /** Time from the invocation to the outcome, in milliseconds; default 0. */
  readonly serviceMs?: number | ((request: InvocationRequest) => number);
  /** The model; default answers `{}`. Gets the input's bytes, read from the store where they are not inline. */
  readonly model?: (bytes: Uint8Array, request: InvocationRequest) => MemoryAnswer | Uint8Array;
  /** Default 128000. */
  readonly maxInlineBytes?: number;
  /** False: there is no failure path, and no failure URI in answers; default true. */
  readonly failurePath?: boolean;
  /** True keeps nothing of a job whose outcome was read, so that endless benchmarks stay small; default false. */
  readonly forgetful?: boolean;
  /** Buckets that payloads may be read from; default `in`, where inputs are put. */
  readonly allowedBuckets?: readonly string[];
  /** Clock in milliseconds; default `performance.now`. */
  readonly nowMs?: () => number;
}

/** An endpoint in memory, to look into. */
export interface MemoryEndpoint extends AsyncEndpoint {
  readonly store: MemoryObjectStore;
  /** Invocations by job name; empty where the endpoint is forgetful. */
  readonly invocations: Map<string, number>;
  /** Invocations of all jobs. */
  readonly invoked: number;
  /** Calls that are refused, each with the error it answers; tests add and remove. */
  readonly refusals: ((request: InvocationRequest) => Error | undefined)[];
}

const nothing = new TextEncoder().encode('{}');

/**
 * Runs a model in memory behind the port of an asynchronous endpoint.
 *
 * No timer is set: the outcome lies in the store at once and is seen from the moment the service time is over.
 */
export function memoryEndpoint(options: MemoryEndpointOptions = {}): MemoryEndpoint {
  const { name = 'memory', nowMs = () => performance.now(), serviceMs = 0, maxInlineBytes = 128_000 } = options;
  const {
    store = memoryObjectStore({ nowMs }),
    model,
    failurePath = true,
    forgetful = false,
    allowedBuckets = ['in'],
  } = options;
  const invocations = new Map<string, number>();
  const refusals: MemoryEndpoint['refusals'] = [];
  let invoked = 0;

  const expected = (job: string): Invocation => ({
    inferenceId: job,
    outputUri: `s3://out/${job}.out`,
    failureUri: failurePath ? `s3://out/${job}.error` : undefined,
  });
  const answer = (request: InvocationRequest): MemoryAnswer => {
    if (model === undefined) return { bytes: nothing };
    const { input } = request;
    const bytes = 'bytes' in input ? input.bytes : store.objects.get(input.uri)?.bytes;
    if (bytes === undefined) return { bytes: new TextEncoder().encode('the input does not exist'), failed: true };
    const said = model(bytes, request);
    return said instanceof Uint8Array ? { bytes: said } : said;
  };

  return {
    name,
    store,
    maxInlineBytes,
    invocations,
    refusals,
    get invoked() {
      return invoked;
    },
    allows: (uri) => allowedBuckets.some((bucket) => uri.startsWith(`s3://${bucket}/`)),
    inputUri: (job) => `s3://in/${job}`,
    expected,
    async invoke(request) {
      request.signal?.throwIfAborted();
      for (const refuse of refusals) {
        const error = refuse(request);
        if (error !== undefined) throw error;
      }
      invoked += 1;
      if (!forgetful) invocations.set(request.name, (invocations.get(request.name) ?? 0) + 1);
      const invocation = expected(request.name);
      const { bytes, contentType = 'application/json', failed = false } = answer(request);
      const uri = failed ? invocation.failureUri : invocation.outputUri;
      const fromMs = nowMs() + (typeof serviceMs === 'number' ? serviceMs : serviceMs(request));
      if (uri !== undefined)
        store.objects.set(uri, { bytes, contentType, metadata: undefined, fromMs, once: forgetful });
      return invocation;
    },
  };
}
