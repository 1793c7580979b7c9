import type { Placed } from '../tile/placedSet.ts';

/** Work on one value, with at most one outcome. */
export interface Task extends Placed {
  /** Begins; called once. The task may end before this returns. */
  run(): void;
  /** Stops without an outcome; does nothing once there is one. */
  cancel(): void;
}

/** Whom a {@link Task} tells what becomes of it. */
export interface TaskHost<B> {
  /** Hands on a value while the task goes on. */
  next(value: B): void;
  /** The task has ended, with a last value or without. Called at most once, and not after {@link Task.cancel}. */
  ended(task: Task, last?: B): void;
  /** Nothing can go on. */
  failed(error: unknown): void;
}
