import { mergeMap, type Observable, type OperatorFunction } from 'rxjs';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import { awaitStage, type InferredTile, planAwait } from './awaitResult.ts';
import { chainTasks } from './chainTasks.ts';
import type { InvokedTile } from './invokedTile.ts';
import { KnownTask } from './knownTask.ts';
import { mergeTasks, type TaskOf } from './mergeTasks.ts';
import { ObservedTask } from './observedTask.ts';
import type { PollSchedule } from './pollSchedule.ts';
import { resumeJob } from './resumeJob.ts';
import type { RetryOptions } from './stage.ts';
import { stageTask } from './stageTask.ts';
import { planStart, startJob } from './startJob.ts';
import type { TaskHost } from './task.ts';
import { needsUpload, planPut, planUpload, type UploadableTile, type UploadedTile, uploadStage } from './uploadTile.ts';

/** Options of {@link inferAsync}. */
export interface InferOptions {
  readonly endpoint: AsyncEndpoint;
  /** Tiles between upload and result at once; default 200. */
  readonly concurrency?: number | undefined;
  /** Limit for one attempt of one call, in milliseconds; default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Time a tile has from upload to result, in milliseconds; default 900,000. */
  readonly deadlineMs?: number | undefined;
  /** Retries of upload and invocation; where the service throttles or is down they go on until the tile's deadline, unless told otherwise. */
  readonly retry?: RetryOptions | undefined;
  /** When to look for results; default {@link adaptedSchedule}`()`. */
  readonly schedule?: PollSchedule | undefined;
  /** Media type asked of the model. */
  readonly accept?: string | undefined;
  /** Monotonic clock in milliseconds; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * Takes each tile through the endpoint: {@link uploadTile}, {@link invokeAsync} and {@link awaitResult} under one cap.
 *
 * @example
 * inferAsync({ endpoint: sagemakerEndpoint(config.endpoint), concurrency: 200 })
 */
export function inferAsync<T extends UploadableTile>(
  options: InferOptions,
): OperatorFunction<Envelope<T>, Envelope<T & UploadedTile & InvokedTile & InferredTile>> {
  const { endpoint, concurrency = 200, timeoutMs = 30_000, deadlineMs = 900_000, retry, accept } = options;
  const { now = () => performance.now() } = options;
  const schedule = options.schedule ?? adaptedSchedule();
  // Throttling and outages are waited out as long as the tile has time.
  const calls = { endpoint, timeoutMs, retry: { outageForMs: deadlineMs, ...retry } };
  const limits = { ...calls, tileDeadlineMs: deadlineMs, now };
  const starting = { ...limits, accept, retry };
  const awaiting = { endpoint, schedule, now };
  const upload: TaskOf<Envelope<T>, Uploaded<T>> = (envelope, host) => {
    const planned = planUpload(endpoint, envelope);
    return needsUpload(planned)
      ? stageTask(planPut<T>(planned, calls), envelope, host)
      : new KnownTask(envelope.with(planned), host);
  };
  const wait: TaskOf<Invoked<T>, Inferred<T>> = (envelope, host) =>
    stageTask(planAwait(envelope, awaiting), envelope, host);
  const start: TaskOf<Envelope<T>, Inferred<T>> = (tile, whole) => {
    const dueMs = now() + deadlineMs;
    const invoke: TaskOf<Uploaded<T>, Invoked<T>> = (envelope, host) =>
      stageTask(planStart({ ...starting, dueMs }), envelope, host);
    return chainTasks(chainTasks(upload, invoke), wait)(tile, whole);
  };
  const resume = (envelope: Envelope<T>): Observable<Inferred<T>> => {
    const anew = (each: Envelope<T>): Observable<Invoked<T>> => {
      const dueMs = now() + deadlineMs;
      return uploadStage(each, calls).pipe(mergeMap((uploaded) => startJob(uploaded, { ...starting, dueMs })));
    };
    // A tile that has its outcome already is not uploaded either.
    return resumeJob(envelope, planUpload(endpoint, envelope), { ...limits, schedule }, anew).pipe(
      mergeMap((invoked) => awaitStage(invoked, awaiting)),
    );
  };
  return mergeTasks(
    (envelope: Envelope<T>, host: TaskHost<Inferred<T>>) =>
      envelope.delivery.redelivered ? new ObservedTask(resume(envelope), host) : start(envelope, host),
    concurrency,
  );
}

type Uploaded<T> = Envelope<T & UploadedTile>;
type Invoked<T> = Envelope<T & UploadedTile & InvokedTile>;
type Inferred<T> = Envelope<T & UploadedTile & InvokedTile & InferredTile>;
