import { EMPTY, Observable } from 'rxjs';
import type { Envelope } from '../tile/envelope.ts';
import type { StageOptions, StageWork } from './stage.ts';
import { StageRun } from './stageRun.ts';

/**
 * One tile in one stage: emits the envelope with what was learnt, or nacks it and emits nothing. Never errors.
 *
 * Every attempt is cancelled when its time is up, when the tile is abandoned, and on unsubscription.
 */
export function runStage<T extends object, L>(
  name: string,
  envelope: Envelope<T>,
  work: StageWork<T, L>,
  options: StageOptions,
  now: () => number = () => performance.now(),
): Observable<Envelope<T & L>> {
  if (envelope.delivery.settled) return EMPTY;
  return new Observable((subscriber) => {
    const run: StageRun<T, L> = new StageRun({ name, work, options, now }, envelope, {
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
