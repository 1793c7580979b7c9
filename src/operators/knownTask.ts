import type { Task, TaskHost } from './task.ts';

/** A task whose value is known before it begins. */
export class KnownTask<B> implements Task {
  place = 0;
  readonly #value: B;
  readonly #host: TaskHost<B>;

  constructor(value: B, host: TaskHost<B>) {
    this.#value = value;
    this.#host = host;
  }

  run(): void {
    this.#host.ended(this, this.#value);
  }

  cancel(): void {}
}
