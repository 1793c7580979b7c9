import {
  defer,
  EMPTY,
  expand,
  filter,
  identity,
  type Observable,
  type ObservableInput,
  switchMap,
  take,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { longestTimerMs } from '../config/longestTimerMs.ts';
import { PollDeadlineError } from '../errors/pollDeadlineError.ts';

/** Options of {@link pollUntil}. */
export interface PollUntilOptions {
  /** Wait after an attempt (counted from 1) that brought nothing, in milliseconds. */
  readonly delayMs: (attempt: number) => number;
  /** Limit for the whole, in milliseconds; `Infinity` for none. */
  readonly deadlineMs: number;
}

/**
 * Asks `probe` until it answers something other than `undefined`, and emits that answer.
 *
 * An attempt starts only after the previous one answered and `delayMs` passed, so a tile never has two probes in the air.
 * Unsubscribing cancels the one that is.
 *
 * @param probe - Called with the attempt number, from 1; must emit one value.
 * @throws {@link PollDeadlineError} when `deadlineMs` passes first.
 * @example
 * pollUntil(() => store.find('out/42.json'), { delayMs: backoff(), deadlineMs: 900_000 })
 */
export function pollUntil<R extends {}>(
  probe: (attempt: number) => ObservableInput<R | undefined>,
  { delayMs, deadlineMs }: PollUntilOptions,
): Observable<R> {
  return defer(() => probe(1)).pipe(
    expand((answer, i) => (answer === undefined ? timer(delayMs(i + 1)).pipe(switchMap(() => probe(i + 2))) : EMPTY)),
    filter((answer): answer is R => answer !== undefined),
    take(1),
    deadlineMs > longestTimerMs
      ? identity
      : timeout({ first: deadlineMs, with: () => throwError(() => new PollDeadlineError(deadlineMs)) }),
  );
}
