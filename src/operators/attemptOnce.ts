import { from, Observable, queueScheduler, subscribeOn } from 'rxjs';
import { NoResultError } from '../errors/noResultError.ts';
import type { StageWork } from './runStage.ts';
import type { StageInfo } from './stage.ts';

/** Emits the first value of one attempt; errors with {@link NoResultError} when there is none. Its teardown aborts `info.signal`. */
export function attemptOnce<T extends object, L>(
  name: string,
  tile: T,
  work: StageWork<T, L>,
  facts: Omit<StageInfo, 'signal'>,
): Observable<L> {
  return new Observable<L>((subscriber) => {
    const info = new AttemptInfo(facts);
    const answer = work(tile, info);
    // A promise answers later by itself; what may answer at once is queued, or a capped mergeMap would recurse over its whole queue.
    const later = answer instanceof Promise ? from(answer) : from(answer).pipe(subscribeOn(queueScheduler));
    const inner = later.subscribe({
      next: (value) => {
        info.finished = true;
        subscriber.next(value);
        subscriber.complete();
      },
      error: (error: unknown) => {
        info.finished = true;
        subscriber.error(error);
      },
      complete: () => {
        info.finished = true;
        subscriber.error(new NoResultError(name));
      },
    });
    return () => {
      inner.unsubscribe();
      info.cancel();
    };
  });
}

/** Makes the controller only for work that asks for its signal: most stages never do. */
class AttemptInfo implements StageInfo {
  readonly attempt: StageInfo['attempt'];
  readonly context: StageInfo['context'];
  readonly delivery: StageInfo['delivery'];
  finished = false;
  #controller: AbortController | undefined;
  #cancelled = false;

  constructor({ attempt, context, delivery }: Omit<StageInfo, 'signal'>) {
    this.attempt = attempt;
    this.context = context;
    this.delivery = delivery;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#cancelled) this.#controller.abort();
    return this.#controller.signal;
  }

  cancel(): void {
    if (this.finished) return;
    this.#cancelled = true;
    this.#controller?.abort();
  }
}
