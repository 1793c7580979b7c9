import { EMPTY, Observable } from 'rxjs';
import type { Envelope } from '../tile/envelope.ts';
import { type StagePlan, StageRun } from './stageRun.ts';

/**
 * One tile in one stage: emits the envelope with what was learnt, or nacks it and emits nothing. Never errors.
 *
 * Every attempt is cancelled when its time is up, when the tile is abandoned, and on unsubscription.
 */
export function runStage<T extends object, L>(
  plan: StagePlan<T, L>,
  envelope: Envelope<T>,
): Observable<Envelope<T & L>> {
  if (envelope.delivery.settled) return EMPTY;
  return new Observable((subscriber) => {
    const run: StageRun<T, L> = new StageRun(plan, envelope, {
      next: (value) => subscriber.next(value),
      ended: (_, last) => {
        if (last !== undefined) subscriber.next(last);
        subscriber.complete();
      },
      failed: (error) => subscriber.error(error),
    });
    run.run();
    return () => run.cancel();
  });
}
