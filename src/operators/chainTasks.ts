import type { TaskOf } from './mergeTasks.ts';
import type { Task, TaskHost } from './task.ts';

/**
 * Two tasks, one after another, as one: the second is made of the last value of the first. Without such a value, or without a
 * task for it, the whole ends.
 *
 * It is `first.pipe(mergeMap(second))` for observables of one value, without an observable.
 */
export function chainTasks<A, B, C>(first: TaskOf<A, B>, second: TaskOf<B, C>): TaskOf<A, C> {
  return (value, host) => {
    const chain = new TaskChain(second, host);
    return chain.startWith(first(value, chain)) ? chain : undefined;
  };
}

class TaskChain<B, C> implements Task, TaskHost<B> {
  place = 0;
  readonly #second: TaskOf<B, C>;
  readonly #host: TaskHost<C>;
  #current: Task | undefined;
  #cancelled = false;

  constructor(second: TaskOf<B, C>, host: TaskHost<C>) {
    this.#second = second;
    this.#host = host;
  }

  startWith(first: Task | undefined): boolean {
    this.#current = first;
    return first !== undefined;
  }

  run(): void {
    this.#current?.run();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#current?.cancel();
  }

  /** The first has one value, its last. */
  next(): void {
    this.failed(new TypeError('a task that another follows has one value'));
  }

  ended(_: Task, last?: B): void {
    if (this.#cancelled) return;
    this.#current = undefined;
    try {
      if (last !== undefined) this.#current = this.#second(last, this.#forSecond());
    } catch (error) {
      this.failed(error); // whoever ends the first task knows nothing of the second
      return;
    }
    if (this.#current === undefined) this.#host.ended(this);
    else this.#current.run();
  }

  failed(error: unknown): void {
    this.#host.failed(error);
  }

  #forSecond(): TaskHost<C> {
    return {
      next: (value) => this.#host.next(value),
      ended: (_, last) => this.#host.ended(this, last),
      failed: (error) => this.#host.failed(error),
    };
  }
}
