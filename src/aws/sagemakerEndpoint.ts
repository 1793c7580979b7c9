import {
  InvokeEndpointAsyncCommand,
  type InvokeEndpointAsyncCommandInput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { diag } from '@opentelemetry/api';
import { type AsyncEndpointOptions, asyncEndpointOptions } from '../config/asyncEndpointOptions.ts';
import { checkConfig } from '../config/checkConfig.ts';
import { ServiceError } from '../errors/serviceError.ts';
import type { AsyncEndpoint, Invocation, InvocationRequest } from '../ports/asyncEndpoint.ts';
import type { ObjectStore } from '../ports/objectStore.ts';
import { answerDates } from './answerDates.ts';
import type { AwsOptions } from './awsOptions.ts';
import { clientConfig } from './clientConfig.ts';
import { customAttributes } from './customAttributes.ts';
import { learnOutcomePath, type OutcomePath, outcomeUri } from './outcomePath.ts';
import { type OutputName, outputName } from './outputName.ts';
import { prepareClient } from './prepareClient.ts';
import { s3ObjectStore } from './s3ObjectStore.ts';
import { type DirectInvocation, SagemakerDirectCall } from './sagemakerDirectCall.ts';
import { sagemakerError } from './sagemakerError.ts';

/** Parts of a {@link sagemakerEndpoint} that are not configuration. */
export interface SagemakerParts extends Omit<AwsOptions, 'region' | 'concurrency'> {
  /** Where inputs and outputs lie; default S3 with the same settings. */
  readonly store?: ObjectStore | undefined;
  /** Sends invocations past the SDK, at a fraction of its CPU; default true. */
  readonly direct?: boolean | undefined;
}

const operation = 'sagemaker.InvokeEndpointAsync';
const maxInlineBytes = 128_000;
const ttlSeconds = { min: 60, max: 21_600 };
/** What the clocks of SageMaker and S3 may differ; the `Date` of an answer is the second begun. */
const clockSlackMs = 2_000;
const timeoutSeconds = { min: 1, max: 3_600 };

/**
 * Opens a SageMaker asynchronous endpoint.
 *
 * The name of a job decides the name of its output, so that a repeated tile finds it. Where outputs lie is said by the options
 * until the endpoint's first answer says it better.
 *
 * @throws ConfigurationError when an option breaks its rule.
 */
export function sagemakerEndpoint(options: AsyncEndpointOptions, parts: SagemakerParts = {}): AsyncEndpoint {
  const config = checkConfig(asyncEndpointOptions, options, 'endpoint');
  const { name, region, concurrency, maxResultBytes: maxBytes } = config;
  const aws = { ...parts, region, concurrency };
  const { store = s3ObjectStore({ ...aws, endpoint: undefined, maxBytes }) } = parts;
  // A job costs: only the stage, which looks for its outcome first, sends an invocation again whose answer was lost.
  const client = new SageMakerRuntimeClient({ ...clientConfig(aws, 'SAGEMAKER_RUNTIME'), maxAttempts: 1 });
  prepareClient(client, 'sagemaker', parts);
  const dateOf = answerDates(client.middlewareStack);
  const direct = parts.direct === false ? undefined : new SagemakerDirectCall(client, aws);
  const send = async (
    input: InvokeEndpointAsyncCommandInput,
    signal: AbortSignal | undefined,
  ): Promise<DirectInvocation> => {
    const sent = await direct?.invoke(input, signal);
    if (sent !== undefined) return sent;
    const invoke = () => client.send(new InvokeEndpointAsyncCommand(input), signal && { abortSignal: signal });
    // No job was started for a signature that the service refused; the SDK has set its clock by that answer.
    const answer = await invoke().catch((error: unknown) => {
      if (!isClockCorrected(error)) throw error;
      return invoke();
    });
    return { ...answer, dateMs: dateOf(answer) };
  };

  const allowed = config.allowedBuckets ?? [config.inputBucket];
  const output = `s3://${config.outputBucket}/`;
  let outputs: OutcomePath | undefined = {
    before: `${output}${withSlash(config.outputPrefix)}`,
    within: '',
    after: '',
  };
  let failures: OutcomePath | undefined =
    config.failurePrefix === undefined
      ? undefined
      : { before: `${output}${withSlash(config.failurePrefix)}`, within: '-error', after: '' };
  const learn = (asked: OutputName, { outputUri, failureUri }: Invocation): void => {
    if (outputs === undefined || outcomeUri(outputs, asked) !== outputUri) {
      const learnt = learnOutcomePath(outputUri, asked);
      if (outputs !== undefined || learnt !== undefined) {
        const before = outputs?.before ?? 'a place of its own choice';
        diag.warn(`endpoint ${name} leaves outputs at ${learnt?.before ?? outputUri}, not at ${before}; believing it`);
      }
      outputs = learnt;
    }
    failures = failureUri === undefined ? undefined : learnOutcomePath(failureUri, asked);
  };

  return {
    name,
    store,
    maxInlineBytes,
    allows: (uri) => allowed.some((bucket) => uri.startsWith(`s3://${bucket}/`)),
    inputUri: (job) => `s3://${config.inputBucket}/${withSlash(config.inputPrefix)}${job}`,
    expected(job) {
      const asked = outputName(job);
      return (
        outputs && {
          inferenceId: inferenceId(job, asked),
          outputUri: outcomeUri(outputs, asked),
          failureUri: failures && outcomeUri(failures, asked),
        }
      );
    },
    async invoke(request) {
      const { name: job, signal } = request;
      const asked = outputName(job);
      signal?.throwIfAborted();
      try {
        const answer = await send(inputOf(name, request, asked, config.accept), signal);
        if (!answer.OutputLocation) throw unanswered(name);
        const invocation = {
          inferenceId: answer.InferenceId ?? inferenceId(job, asked),
          outputUri: answer.OutputLocation,
          failureUri: answer.FailureLocation || undefined,
          notBeforeMs: answer.dateMs === undefined ? undefined : answer.dateMs - clockSlackMs,
        };
        learn(asked, invocation);
        return invocation;
      } catch (error) {
        signal?.throwIfAborted();
        throw sagemakerError(error, name);
      }
    },
  };
}

function inputOf(
  endpoint: string,
  request: InvocationRequest,
  asked: OutputName,
  accept: string | undefined,
): InvokeEndpointAsyncCommandInput {
  const { input, attributes = {}, remainingMs } = request;
  const seconds = Math.ceil(remainingMs / 1000);
  return {
    EndpointName: endpoint,
    ...('bytes' in input ? { Body: input.bytes } : { InputLocation: input.uri }),
    ContentType: request.contentType,
    Accept: request.accept ?? accept,
    CustomAttributes: customAttributes(attributes),
    InferenceId: inferenceId(request.name, asked),
    S3OutputPathExtension: asked.extension,
    Filename: asked.filename,
    RequestTTLSeconds: within(seconds, ttlSeconds),
    InvocationTimeoutSeconds: within(seconds, timeoutSeconds),
  };
}

/** The job's name where SageMaker takes it: 1 to 64 visible characters. */
function inferenceId(job: string, { filename }: OutputName): string {
  return /^[!-~]{1,64}$/.test(job) ? job : filename;
}

function within(seconds: number, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max(seconds, min), max);
}

function withSlash(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function isClockCorrected(error: unknown): boolean {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  return metadata instanceof Object && 'clockSkewCorrected' in metadata && metadata.clockSkewCorrected === true;
}

function unanswered(endpoint: string): ServiceError {
  const message = `endpoint ${endpoint} answered without OutputLocation; is it an asynchronous endpoint?`;
  return new ServiceError('SERVICE_REFUSED', message, { operation, serviceCode: 'NoOutputLocation' });
}
