import type { ContainerAnswer } from './containerHandler.ts';
import { delay } from './delay.ts';
import type { EndpointCounters } from './endpointCounters.ts';
import type { FaultBoard } from './faultBoard.ts';
import type { Job } from './job.ts';
import type { Model } from './model.ts';
import type { ObjectIo, TypedBytes } from './objectIo.ts';

/** What {@link runJob} needs. */
export interface RunJobContext {
  readonly model: Model;
  readonly objects: ObjectIo;
  readonly faults: FaultBoard;
  readonly counters: EndpointCounters;
  /** Length of one second of InvocationTimeoutSeconds, in ms. */
  readonly secondMs: number;
  /** Aborted by the endpoint when it closes, by this run when it times out. */
  readonly stop: AbortController;
  /** Called when the container gave no answer at all. */
  readonly lost: () => void;
}

/** How a run ended: with a result, or with the text of a failure object and the reason told in notifications. */
export type RunResult = { readonly result: TypedBytes } | { readonly failure: TypedBytes; readonly reason: string };

/** Gives one job to the container: reads its input, calls, and judges the answer. Never rejects. */
export function runJob(job: Job, context: RunJobContext): Promise<RunResult> {
  const { stop, secondMs, counters } = context;
  return new Promise((resolve) => {
    const timeout = setTimeout(() => {
      resolve(timedOut(job, counters));
      stop.abort();
    }, job.invocation.invocationTimeoutSeconds * secondMs);
    // A container that does not heed its signal must not hold up the end.
    stop.signal.addEventListener('abort', () => end(failure('The endpoint was closed')));
    const end = (result: RunResult): void => {
      clearTimeout(timeout);
      resolve(result);
    };
    void attempt(job, context, stop.signal).then(end);
  });
}

async function attempt(job: Job, context: RunJobContext, signal: AbortSignal): Promise<RunResult> {
  const { invocation, inferenceId } = job;
  let input: { readonly bytes: Uint8Array; readonly contentType?: string };
  try {
    input =
      'bytes' in invocation.input ? invocation.input : await context.objects.get(invocation.input.location, signal);
  } catch (error) {
    return failure(`Unable to read the input: ${messageOf(error)}`);
  }
  const { faults, counters } = context;
  await delay(faults.latencyMs(faults.container.latencyMs), signal);
  counters.add('containerCalls');
  const fate = faults.containerFate();
  if (fate === 'clientError') return judge(injected(400, 'injected client error'));
  if (fate === 'serverError') return judge(injected(500, 'injected server error'));
  try {
    if (fate === 'reset') throw new Error('connection reset by the container');
    const answer = await context.model.handle({
      bytes: input.bytes,
      contentType: invocation.contentType ?? input.contentType ?? 'application/octet-stream',
      accept: invocation.accept,
      customAttributes: invocation.customAttributes,
      inferenceId,
      signal,
    });
    return judge(answer);
  } catch (error) {
    if (!signal.aborted && fate !== 'reset') context.lost();
    return failure(`Received no valid answer from model: ${messageOf(error)}`);
  }
}

function judge(answer: ContainerAnswer): RunResult {
  if (answer.status >= 200 && answer.status < 300) return { result: answer };
  const kind = answer.status >= 500 ? 'server' : 'client';
  const reason = `ClientError: Received ${kind} error (${answer.status}) from model. See the SageMaker Endpoint logs in your account for more information.`;
  return { failure: answer, reason };
}

function timedOut(job: Job, counters: EndpointCounters): RunResult {
  counters.add('timedOut');
  return failure(`Model did not respond within ${job.invocation.invocationTimeoutSeconds} seconds`);
}

function failure(text: string): RunResult {
  return { failure: { bytes: Buffer.from(text), contentType: 'text/plain' }, reason: `ClientError: ${text}` };
}

function injected(status: number, text: string): ContainerAnswer {
  return { status, contentType: 'text/plain', bytes: Buffer.from(text) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
