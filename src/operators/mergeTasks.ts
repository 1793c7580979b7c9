import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { PlacedSet } from '../tile/placedSet.ts';
import type { Task, TaskHost } from './task.ts';

/** Makes the task of a value, or nothing where the value is dropped. */
export type TaskOf<A, B> = (value: A, host: TaskHost<B>) => Task | undefined;

/**
 * Runs a task for each value, so many at once, and emits what they hand on, in the order it comes.
 *
 * A task that ends makes room for the next before its last value goes on: what follows in the pipeline does not keep the cap
 * from being used. Errors of `taskOf`, of the source and of tasks end everything; unsubscribing cancels what runs.
 *
 * @param concurrency - Tasks that run at once; what comes beyond waits in a queue, which the source's credit bounds.
 */
export function mergeTasks<A, B>(taskOf: TaskOf<A, B>, concurrency: number): OperatorFunction<A, B> {
  return (source) =>
    new Observable((subscriber) => {
      const merge = new TaskMerge(taskOf, concurrency, subscriber);
      const outer = source.subscribe({
        next: (value) => merge.take(value),
        error: (error: unknown) => merge.failed(error),
        complete: () => merge.complete(),
      });
      return () => {
        outer.unsubscribe();
        merge.cancel();
      };
    });
}

class TaskMerge<A, B> implements TaskHost<B> {
  readonly #taskOf: TaskOf<A, B>;
  readonly #concurrency: number;
  readonly #subscriber: Subscriber<B>;
  readonly #running = new PlacedSet<Task>();
  /** Results of tasks that ended while others were started or results emitted. */
  readonly #results: B[] = [];
  #queue: (A | undefined)[] = [];
  #head = 0; // of the queue; taken values are cut off in bulk
  #turning = false;
  #sourceEnded = false;

  constructor(taskOf: TaskOf<A, B>, concurrency: number, subscriber: Subscriber<B>) {
    this.#taskOf = taskOf;
    this.#concurrency = concurrency;
    this.#subscriber = subscriber;
  }

  take(value: A): void {
    this.#queue.push(value);
    this.#turn();
  }

  complete(): void {
    this.#sourceEnded = true;
    this.#turn();
  }

  cancel(): void {
    for (const task of this.#running.takeAll()) task.cancel();
  }

  next(value: B): void {
    this.#turn(value);
  }

  ended(task: Task, last?: B): void {
    this.#running.delete(task);
    this.#turn(last);
  }

  failed(error: unknown): void {
    this.#subscriber.error(error);
  }

  /**
   * Starts and emits in turn, a start first. What comes while it does is left to its loop: no recursion as deep as the queue.
   *
   * @param result - To be emitted.
   */
  #turn(result?: B): void {
    if (this.#turning) {
      if (result !== undefined) this.#results.push(result);
      return;
    }
    this.#turning = true;
    let next = result;
    do {
      if (this.#hasRoom) this.#startNext();
      if (next !== undefined) this.#subscriber.next(next);
      next = this.#results.shift();
    } while (next !== undefined || this.#hasRoom);
    this.#turning = false;
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.#sourceEnded && this.#running.size === 0 && this.#head === this.#queue.length) {
      this.#subscriber.complete();
    }
  }

  /** What is taken is forgotten at once: a queue that holds what left it keeps tiles in memory that are long gone. */
  #take(): A {
    const value = this.#queue[this.#head] as A;
    this.#queue[this.#head] = undefined;
    this.#head += 1;
    return value;
  }

  get #hasRoom(): boolean {
    return this.#running.size < this.#concurrency && this.#head < this.#queue.length && !this.#subscriber.closed;
  }

  #startNext(): void {
    try {
      const task = this.#taskOf(this.#take(), this);
      if (task === undefined) return;
      this.#running.add(task);
      task.run();
    } catch (error) {
      this.failed(error);
    }
  }
}
