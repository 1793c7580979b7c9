import type {
  InvokeEndpointAsyncCommandInput,
  InvokeEndpointAsyncOutput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import type { AwsOptions } from './awsOptions.ts';
import { DirectClient } from './directClient.ts';
import { isForSdk } from './isForSdk.ts';
import { observeRoutes, type Route } from './observeRoutes.ts';

/** An answer of InvokeEndpointAsync, with the service's wall clock. */
export interface DirectInvocation extends InvokeEndpointAsyncOutput {
  readonly dateMs: number | undefined;
}

/** How the members of a request travel. */
const headerNames = {
  ContentType: 'x-amzn-sagemaker-content-type',
  Accept: 'x-amzn-sagemaker-accept',
  CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
  InferenceId: 'x-amzn-sagemaker-inference-id',
  InputLocation: 'x-amzn-sagemaker-inputlocation',
  S3OutputPathExtension: 'x-amzn-sagemaker-s3outputpathextension',
  Filename: 'x-amzn-sagemaker-filename',
  RequestTTLSeconds: 'x-amzn-sagemaker-requestttlseconds',
  InvocationTimeoutSeconds: 'x-amzn-sagemaker-invocationtimeoutseconds',
} as const satisfies Partial<Record<keyof InvokeEndpointAsyncCommandInput, string>>;

const maxAnswerBytes = 65_536;

/**
 * InvokeEndpointAsync past the SDK, once the SDK has shown the way with a call of its own; what only the SDK can mend is left to
 * it.
 */
export class SagemakerDirectCall {
  readonly #client: DirectClient;
  #route: Route | undefined;

  constructor(sdk: SageMakerRuntimeClient, options: AwsOptions) {
    this.#client = new DirectClient(sdk.config, options);
    observeRoutes(
      sdk.middlewareStack,
      ({ EndpointName = '' }) => pathOf(EndpointName),
      (_, route) => {
        this.#route = route;
      },
    );
  }

  /** Answers `undefined` where the SDK is to be asked. @throws What the SDK would throw. */
  async invoke(
    input: InvokeEndpointAsyncCommandInput,
    signal: AbortSignal | undefined,
  ): Promise<DirectInvocation | undefined> {
    const route = this.#route;
    if (route === undefined) return undefined;
    const { EndpointName: name = '', Body, ...members } = input;
    try {
      const { headers, bytes } = await this.#client.send(route, {
        operation: 'sagemaker.InvokeEndpointAsync',
        method: 'POST',
        path: pathOf(name),
        headers: { ...headersOf(members), ...(Body && { 'content-type': 'application/octet-stream' }) },
        body: bytesOf(Body),
        signal,
        once: true,
        uri: name,
        maxBytes: maxAnswerBytes,
      });
      const dateMs = Date.parse(headers.date ?? '');
      return {
        InferenceId: inferenceIdOf(bytes),
        OutputLocation: one(headers['x-amzn-sagemaker-outputlocation']),
        FailureLocation: one(headers['x-amzn-sagemaker-failurelocation']),
        dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
      };
    } catch (error) {
      if (signal?.aborted || !isForSdk(error)) throw error;
      this.#route = undefined;
      return undefined;
    }
  }
}

function pathOf(endpoint: string): string {
  return `/endpoints/${encodeURIComponent(endpoint)}/async-invocations`;
}

function headersOf(members: Omit<InvokeEndpointAsyncCommandInput, 'EndpointName' | 'Body'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(headerNames)) {
    const value = members[member as keyof typeof headerNames];
    if (value !== undefined) headers[header] = String(value);
  }
  return headers;
}

function bytesOf(body: InvokeEndpointAsyncCommandInput['Body']): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return Buffer.from(body as string);
}

function inferenceIdOf(bytes: Uint8Array): string | undefined {
  try {
    const said = JSON.parse(Buffer.from(bytes).toString()) as { readonly InferenceId?: unknown } | null;
    return typeof said?.InferenceId === 'string' ? said.InferenceId : undefined;
  } catch {
    return undefined;
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
