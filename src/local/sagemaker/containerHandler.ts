/** What a model container is given. */
export interface ContainerRequest {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly accept: string | undefined;
  /** The request's CustomAttributes, untouched. */
  readonly customAttributes: string | undefined;
  readonly inferenceId: string;
  /** Aborts when the invocation timed out or the endpoint closes. */
  readonly signal: AbortSignal;
}

/** What a model container answers; 2xx is a result, anything else a failure. */
export interface ContainerAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A model as a function in this process, for tests and benchmarks. A rejection counts as a container that gave no answer. */
export type ContainerHandler = (request: ContainerRequest) => Promise<ContainerAnswer>;
