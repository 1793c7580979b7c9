import type { Observable } from 'rxjs';
import { ServiceError } from '../errors/serviceError.ts';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { AsyncEndpoint, InvocationRequest } from '../ports/asyncEndpoint.ts';
import { carrierFrom } from '../telemetry/carrierFrom.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { Outcome } from './findOutcome.ts';
import type { InvokedTile } from './invokedTile.ts';
import { planStage } from './planStage.ts';
import { runStage } from './runStage.ts';
import { seekOutcome } from './seekOutcome.ts';
import type { StageInfo, StageOptions } from './stage.ts';
import type { StagePlan } from './stageRun.ts';
import type { UploadableTile, UploadedTile } from './uploadTile.ts';

/** Options of {@link startJob}. */
export interface StartOptions extends StageOptions {
  readonly endpoint: AsyncEndpoint;
  readonly tileDeadlineMs: number;
  /** When the tile's time is over, by `now`; default `tileDeadlineMs` from here. */
  readonly dueMs?: number | undefined;
  readonly accept?: string | undefined;
  readonly now: () => number;
  /** Wall clock in milliseconds since the epoch; default `Date.now`. */
  readonly wallMs?: (() => number) | undefined;
}

/** What this machine's clock and the store's may differ, in milliseconds. */
const clockSlackMs = 5_000;

/** One tile in the stage that starts its job. */
export function startJob<T extends UploadableTile & UploadedTile>(
  envelope: Envelope<T>,
  options: StartOptions,
): Observable<Envelope<T & InvokedTile>> {
  return runStage(planStart<T>(options), envelope);
}

/**
 * Plans the start of the endpoint's job for one tile.
 *
 * When the answer to an invocation was lost, the job may run nevertheless: the next attempt looks for its outcome before it
 * invokes again. A job that takes longer than the wait between the two is paid twice; both leave the same output.
 * An invocation that is throttled, or finds the service down, is made again until the tile's time is over.
 */
export function planStart<T extends UploadableTile & UploadedTile>(options: StartOptions): StagePlan<T, InvokedTile> {
  const { endpoint, tileDeadlineMs, accept, now, wallMs = () => Date.now() } = options;
  const { dueMs = now() + tileDeadlineMs } = options;
  let lostMs: number | undefined; // when the first invocation was sent whose answer is missing
  let cause: unknown; // of the attempt before

  const invoke = async ({ jobName: name, input, contentType, id }: T, { signal, context, delivery }: StageInfo) => {
    const remainingMs = dueMs - now();
    if (remainingMs <= 0)
      throw new TileDeadlineError('invoke', tileDeadlineMs, cause === undefined ? undefined : { cause });
    if (lostMs !== undefined) {
      const earlier = await seek(endpoint, name, lostMs - clockSlackMs, signal);
      if (earlier !== undefined) {
        delivery.jobs.ended();
        return { invocation: { ...earlier, acceptedMs: now(), dueMs } };
      }
    }
    const attributes = { ...carrierFrom(context), tile: id };
    const request: InvocationRequest = { name, input, contentType, attributes, remainingMs, signal };
    const lostBefore = lostMs;
    lostMs ??= wallMs(); // until the answer is there
    try {
      const invocation = await endpoint.invoke(accept === undefined ? request : { ...request, accept });
      delivery.jobs.started();
      return { invocation: { ...invocation, acceptedMs: now(), dueMs } };
    } catch (error) {
      cause = error;
      const failure = toSwathError(error);
      if (failure instanceof ServiceError && failure.isOutage) lostMs = lostBefore; // it was not begun
      throw error;
    }
  };
  const retry = { outageForMs: dueMs - now(), ...options.retry };
  return planStage('invoke', invoke, { ...options, retry });
}

async function seek(endpoint: AsyncEndpoint, name: string, notBeforeMs: number, signal: AbortSignal) {
  const expected = endpoint.expected(name);
  if (expected === undefined) return undefined;
  const earlier: Outcome | undefined = await seekOutcome(endpoint, expected, { signal, failure: true, notBeforeMs });
  return earlier && { ...expected, earlier };
}
