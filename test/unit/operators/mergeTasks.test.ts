import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, Observable, range, Subject, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeTasks } from '../../../src/operators/mergeTasks.ts';
import type { Task, TaskHost } from '../../../src/operators/task.ts';

/** A task that ends when it is told to. */
class Told implements Task {
  place = 0;
  ran = false;
  cancelled = false;
  readonly #host: TaskHost<string>;

  constructor(host: TaskHost<string>) {
    this.#host = host;
  }

  run(): void {
    this.ran = true;
  }

  cancel(): void {
    this.cancelled = true;
  }

  end(last?: string): void {
    this.#host.ended(this, last);
  }
}

/** Tasks by the value they were made of, under a cap. */
function told(concurrency: number) {
  const source = new Subject<string>();
  const tasks: Record<string, Told> = {};
  const merged = source.pipe(
    mergeTasks((value: string, host: TaskHost<string>) => {
      const task = new Told(host);
      tasks[value] = task;
      return task;
    }, concurrency),
  );
  return { source, tasks, merged };
}

describe('mergeTasks', () => {
  it('starts the next task before the result of the last goes on', () => {
    const { source, tasks, merged } = told(1);
    const seen: [string, boolean | undefined][] = [];
    merged.subscribe((value) => seen.push([value, tasks['b']?.ran]));
    source.next('a');
    source.next('b');
    tasks['a']?.end('a');
    expect(seen).toEqual([['a', true]]);
  });

  it('emits in the order of ends, also of tasks that end while they start', async () => {
    const order = mergeTasks((value: number, host: TaskHost<number>) => {
      const task: Task = {
        place: 0,
        run: () => (value === 0 ? setTimeout(() => host.ended(task, value), 1) : host.ended(task, value)),
        cancel: () => undefined,
      };
      return task;
    }, 1);
    expect(await lastValueFrom(range(0, 5).pipe(order, toArray()))).toEqual([0, 1, 2, 3, 4]);
  });

  it('drops values without a task, and completes after the last task and its result', () => {
    const { source, tasks, merged } = told(2);
    const seen: string[] = [];
    merged.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    source.next('a');
    source.complete();
    expect(seen).toEqual([]);
    tasks['a']?.end('a');
    expect(seen).toEqual(['a', 'complete']);
    const none = new Observable<string>((subscriber) => {
      subscriber.next('a');
      subscriber.complete();
    }).pipe(mergeTasks(() => undefined, 1));
    none.subscribe({ next: () => seen.push('never'), complete: () => seen.push('empty') });
    expect(seen).toEqual(['a', 'complete', 'empty']);
  });

  it('cancels what runs, and starts nothing more, when nobody listens any more', () => {
    const { source, tasks, merged } = told(2);
    const seen: string[] = [];
    merged.pipe(take(1)).subscribe((value) => seen.push(value));
    for (const value of ['a', 'b', 'c']) source.next(value);
    tasks['a']?.end('a');
    expect(seen).toEqual(['a']);
    expect(tasks['b']?.cancelled).toBe(true);
    expect(tasks['c']?.cancelled).toBe(true); // it had taken the room of a
  });

  it('forgets a value once its task has ended, though others still wait', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const source = new Subject<object>();
    const ends: (() => void)[] = [];
    const merged = source.pipe(
      mergeTasks((_: object, host: TaskHost<object>) => {
        const task: Task = { place: 0, run: () => undefined, cancel: () => undefined };
        ends.push(() => host.ended(task));
        return task;
      }, 1),
    );
    const subscription = merged.subscribe();
    const gone = new WeakRef({ first: true });
    source.next(gone.deref() ?? {});
    source.next({ second: true });
    source.next({ third: true });
    ends[0]?.();
    await new Promise((resolve) => setTimeout(resolve)); // a WeakRef holds on until the turn is over
    collect();
    expect(gone.deref()).toBeUndefined();
    subscription.unsubscribe();
  });
});
