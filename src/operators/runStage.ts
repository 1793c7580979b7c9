import {
  catchError,
  EMPTY,
  finalize,
  type MonoTypeOperatorFunction,
  map,
  type Observable,
  type ObservableInput,
  queueScheduler,
  subscribeOn,
  switchMap,
  takeUntil,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { AttemptTimeoutError } from '../errors/attemptTimeoutError.ts';
import type { SwathError } from '../errors/swathError.ts';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { instruments } from '../telemetry/metrics.ts';
import { startStageSpan } from '../telemetry/startStageSpan.ts';
import type { Envelope } from '../tile/envelope.ts';
import { abandonment } from './abandonment.ts';
import { attemptOnce } from './attemptOnce.ts';
import { defaultRetry, type StageInfo, type StageOptions } from './stage.ts';

/** Works on one tile in a stage; is called again after a retryable error. */
export type StageWork<T, L> = (tile: T, info: StageInfo) => ObservableInput<L>;

/** Ends at once, but not within the call that subscribes: a capped `mergeMap` would recurse over its whole queue (ReactiveX/rxjs#7334). */
const nothing = EMPTY.pipe(subscribeOn(queueScheduler));

/**
 * One tile in one stage: emits the envelope with what was learnt, or nacks it and emits nothing. Never errors.
 *
 * Every attempt is cancelled when its time is up, when the tile is abandoned, and on unsubscription.
 */
export function runStage<T extends object, L>(
  name: string,
  envelope: Envelope<T>,
  work: StageWork<T, L>,
  { timeoutMs, deadlineMs, retry }: StageOptions,
  now: () => number = () => performance.now(),
): Observable<Envelope<T & L>> {
  const { delivery, tile } = envelope;
  if (delivery.settled) return nothing;
  const { maxAttempts = defaultRetry.maxAttempts, delayMs = defaultRetry.delayMs } = retry ?? {};
  const context = startStageSpan(name, envelope.context);
  const startedMs = now();
  let outcome: unknown = 'abandoned';

  const attempt = (n: number): Observable<L> =>
    attemptOnce(name, tile, work, { attempt: n, context, delivery }).pipe(
      within(timeoutMs, (ms) => new AttemptTimeoutError(name, ms)),
      catchError((error: unknown) => {
        if (n >= maxAttempts || !toSwathError(error).retryable) return throwError(() => error);
        instruments().retried(name);
        return timer(delayMs(n)).pipe(switchMap(() => attempt(n + 1)));
      }),
    );

  return attempt(1).pipe(
    within(deadlineMs, (ms) => new TileDeadlineError(name, ms)),
    map((learnt) => {
      outcome = undefined;
      return envelope.with(learnt);
    }),
    catchError((error: unknown) => {
      outcome = error;
      delivery.nack(error, name);
      return EMPTY;
    }),
    takeUntil(abandonment(delivery)),
    finalize(() => {
      endStageSpan(context, outcome);
      instruments().stageEnded(name, (now() - startedMs) / 1000, outcome !== undefined);
    }),
  );
}

/** Errors when the first value takes longer than `ms`; does nothing where there is no limit. */
function within<V>(ms: number | undefined, error: (ms: number) => SwathError): MonoTypeOperatorFunction<V> {
  if (ms === undefined) return (source) => source;
  return timeout<V, Observable<never>>({ first: ms, with: () => throwError(() => error(ms)) });
}
