import type { Observable, OperatorFunction } from 'rxjs';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import type { InvokedTile } from './invokedTile.ts';
import { mergeTiles } from './mergeTiles.ts';
import type { PollSchedule } from './pollSchedule.ts';
import { resumeJob } from './resumeJob.ts';
import type { StageOptions } from './stage.ts';
import { startJob } from './startJob.ts';
import type { UploadableTile, UploadedTile } from './uploadTile.ts';

/** Options of {@link invokeAsync}. */
export interface InvokeOptions extends StageOptions {
  readonly endpoint: AsyncEndpoint;
  /** Time the tile has from here to its result, in milliseconds; default 900,000. The endpoint is told to give up by then. */
  readonly tileDeadlineMs?: number | undefined;
  /** Media type asked of the model. */
  readonly accept?: string | undefined;
  /** When to look for a job that an earlier process started; default {@link adaptedSchedule}`()`. */
  readonly schedule?: PollSchedule | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Starts the endpoint's job for a tile, under a name that is the same each time the tile is delivered.
 *
 * A redelivered tile is looked for first: its outcome is taken where there is one, and a job that is known to run is waited for,
 * which keeps one of the `concurrency` places.
 *
 * @example
 * source.pipe(uploadTile({ endpoint }), invokeAsync({ endpoint }), awaitResult({ endpoint }))
 */
export function invokeAsync<T extends UploadableTile & UploadedTile>(
  options: InvokeOptions,
): OperatorFunction<Envelope<T>, Envelope<T & InvokedTile>> {
  const { concurrency = Number.POSITIVE_INFINITY, schedule = adaptedSchedule() } = options;
  return mergeTiles((envelope) => invokeStage(envelope, { ...options, schedule }), concurrency);
}

/** One tile through {@link invokeAsync}. */
function invokeStage<T extends UploadableTile & UploadedTile>(
  envelope: Envelope<T>,
  { schedule, ...options }: InvokeOptions & { readonly schedule: PollSchedule },
): Observable<Envelope<T & InvokedTile>> {
  const { tileDeadlineMs = 900_000, now = () => performance.now() } = options;
  const limits = { ...options, tileDeadlineMs, now };
  const start = (each: Envelope<T>): Observable<Envelope<T & InvokedTile>> => startJob(each, limits);
  if (!envelope.delivery.redelivered) return start(envelope);
  return resumeJob(envelope, envelope.tile, { ...limits, schedule }, start);
}
