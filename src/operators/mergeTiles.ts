import type { Observable, OperatorFunction, Subscription } from 'rxjs';
import { mergeTasks } from './mergeTasks.ts';
import type { Task, TaskHost } from './task.ts';

/**
 * RxJS's `mergeMap` under a cap, for many inner observables at once and for ones that end at once.
 *
 * `mergeMap` keeps its inner subscriptions in an array, which makes the end of each cost as much as there are others, and it
 * recurses over its queue when inner observables end at once (ReactiveX/rxjs#7334). This one does not; everything else is the
 * same: completion order, errors, cancellation.
 *
 * @param concurrency - Inner observables subscribed at once; what comes beyond waits in a queue, which the source's credit bounds.
 */
export function mergeTiles<A, B>(project: (value: A) => Observable<B>, concurrency: number): OperatorFunction<A, B> {
  return mergeTasks((value: A, host: TaskHost<B>) => new ObservedTask(project(value), host), concurrency);
}

/** Hands on what an observable emits, until it ends. */
class ObservedTask<B> implements Task {
  place = 0;
  readonly #work: Observable<B>;
  readonly #host: TaskHost<B>;
  #running: Subscription | undefined;
  #cancelled = false;

  constructor(work: Observable<B>, host: TaskHost<B>) {
    this.#work = work;
    this.#host = host;
  }

  run(): void {
    this.#running = this.#work.subscribe({
      next: (value) => this.#host.next(value),
      error: (error: unknown) => this.#host.failed(error),
      complete: () => this.#host.ended(this),
    });
    if (this.#cancelled) this.#running.unsubscribe(); // by what its first values caused
  }

  cancel(): void {
    this.#cancelled = true;
    this.#running?.unsubscribe();
  }
}
