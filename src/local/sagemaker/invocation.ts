/** A valid request for an asynchronous inference. */
export interface Invocation {
  readonly endpointName: string;
  readonly input: { readonly bytes: Uint8Array } | { readonly location: string };
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly customAttributes: string | undefined;
  readonly inferenceId: string | undefined;
  readonly pathExtension: string | undefined;
  readonly filename: string | undefined;
  readonly requestTtlSeconds: number;
  readonly invocationTimeoutSeconds: number;
}
