import { Observable, type OperatorFunction, type Subscription, throwError } from 'rxjs';

/**
 * RxJS's `mergeMap` under a cap, for many inner observables at once and for ones that end at once.
 *
 * `mergeMap` keeps its inner subscriptions in an array, which makes the end of each cost as much as there are others, and it
 * recurses over its queue when inner observables end at once (ReactiveX/rxjs#7334). This one keeps a set and a loop; everything
 * else is the same: completion order, errors, cancellation.
 *
 * @param concurrency - Inner observables subscribed at once; what comes beyond waits in a queue, which the source's credit bounds.
 */
export function mergeTiles<A, B>(project: (value: A) => Observable<B>, concurrency: number): OperatorFunction<A, B> {
  return (source) =>
    new Observable((subscriber) => {
      const running = new Set<Subscription>();
      let queue: A[] = [];
      let head = 0; // of the queue; taken values are cut off in bulk
      let active = 0;
      let starting = false;
      let ended = false;

      const projected = (value: A): Observable<B> => {
        try {
          return project(value);
        } catch (error) {
          return throwError(() => error);
        }
      };
      const start = (value: A): void => {
        active += 1;
        let inner: Subscription | undefined;
        const finish = (): void => {
          active -= 1;
          if (inner !== undefined) running.delete(inner);
          startWaiting();
        };
        inner = projected(value).subscribe({
          next: (result) => subscriber.next(result),
          error: (error: unknown) => subscriber.error(error),
          complete: finish,
        });
        if (!inner.closed) running.add(inner);
      };
      const startWaiting = (): void => {
        if (starting) return;
        starting = true;
        while (active < concurrency && head < queue.length && !subscriber.closed) start(queue[head++] as A);
        starting = false;
        if (head > 1_024 && head * 2 > queue.length) {
          queue = queue.slice(head);
          head = 0;
        }
        if (ended && active === 0 && head === queue.length) subscriber.complete();
      };

      const outer = source.subscribe({
        next: (value) => {
          queue.push(value);
          startWaiting();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          startWaiting();
        },
      });
      return () => {
        outer.unsubscribe();
        for (const inner of running) inner.unsubscribe();
        running.clear();
      };
    });
}
