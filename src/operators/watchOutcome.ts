import { type Observable, switchMap, timer } from 'rxjs';
import type { Outcome } from './findOutcome.ts';
import { OutcomeProbe, type OutcomeProbeOptions } from './outcomeProbe.ts';
import { pollUntil } from './pollUntil.ts';

/** Time the last look may take beyond the tile's deadline, in milliseconds. */
export const lastLookMs = 30_000;

/**
 * Looks for a job's outcome as its plan says, until it is there.
 *
 * @throws PollDeadlineError when the last look, at the tile's deadline, brings nothing.
 */
export function watchOutcome(options: OutcomeProbeOptions): Observable<Outcome> {
  const probe = new OutcomeProbe(options);
  const looking = pollUntil((attempt) => probe.look(attempt), {
    delayMs: (attempt) => probe.delayMs(attempt),
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return probe.firstDelayMs > 0 ? timer(probe.firstDelayMs).pipe(switchMap(() => looking)) : looking;
}
