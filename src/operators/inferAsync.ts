import { mergeMap, type Observable, type OperatorFunction } from 'rxjs';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import { awaitStage, type InferredTile } from './awaitResult.ts';
import type { InvokedTile } from './invokedTile.ts';
import { mergeTiles } from './mergeTiles.ts';
import type { PollSchedule } from './pollSchedule.ts';
import { resumeJob } from './resumeJob.ts';
import type { RetryOptions } from './stage.ts';
import { startJob } from './startJob.ts';
import { planUpload, type UploadableTile, type UploadedTile, uploadStage } from './uploadTile.ts';

/** Options of {@link inferAsync}. */
export interface InferOptions {
  readonly endpoint: AsyncEndpoint;
  /** Tiles between upload and result at once; default 200. */
  readonly concurrency?: number | undefined;
  /** Limit for one attempt of one call, in milliseconds; default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Time a tile has from upload to result, in milliseconds; default 900,000. */
  readonly deadlineMs?: number | undefined;
  /** Retries of upload and invocation. */
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
  const calls = { endpoint, timeoutMs, retry };
  const limits = { ...calls, tileDeadlineMs: deadlineMs, now };
  const start = (envelope: Envelope<T>): Observable<Envelope<T & UploadedTile & InvokedTile>> =>
    uploadStage(envelope, calls).pipe(mergeMap((uploaded) => startJob(uploaded, { ...limits, accept })));
  // A tile that has its outcome already is not uploaded either.
  const resume = (envelope: Envelope<T>): Observable<Envelope<T & UploadedTile & InvokedTile>> =>
    resumeJob(envelope, planUpload(endpoint, envelope), { ...limits, schedule }, start);
  return mergeTiles(
    (envelope) =>
      (envelope.delivery.redelivered ? resume(envelope) : start(envelope)).pipe(
        mergeMap((invoked) => awaitStage(invoked, { endpoint, schedule, now })),
      ),
    concurrency,
  );
}
