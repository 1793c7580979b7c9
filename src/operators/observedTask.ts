import type { Observable, Subscription } from 'rxjs';
import type { Task, TaskHost } from './task.ts';

/** Hands on what an observable emits, until it ends. */
export class ObservedTask<B> implements Task {
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
