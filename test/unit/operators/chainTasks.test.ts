import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chainTasks } from '../../../src/operators/chainTasks.ts';
import { mergeTasks, type TaskOf } from '../../../src/operators/mergeTasks.ts';
import type { Task } from '../../../src/operators/task.ts';

/** Tasks that note what is done to them, and end when they are told to. */
function noted(name: string, notes: string[], ends: Record<string, (last?: string) => void>): TaskOf<string, string> {
  return (value, host) => {
    if (value === 'dropped') return undefined;
    const own = `${name} ${value}`;
    const task: Task = {
      place: 0,
      run: () => notes.push(`run ${own}`),
      cancel: () => notes.push(`cancel ${own}`),
    };
    ends[own] = (last) => host.ended(task, last);
    return task;
  };
}

function chained() {
  const notes: string[] = [];
  const ends: Record<string, (last?: string) => void> = {};
  const source = new Subject<string>();
  const both = chainTasks(noted('first', notes, ends), noted('second', notes, ends));
  const subscription = source.pipe(mergeTasks(both, 1)).subscribe({
    next: (value) => notes.push(`out ${value}`),
    complete: () => notes.push('complete'),
  });
  return { notes, ends, source, subscription };
}

describe('chainTasks', () => {
  it('makes the second task of what the first ends with, and keeps one place for both', () => {
    const { notes, ends, source } = chained();
    source.next('a');
    source.next('b');
    ends['first a']?.('a2');
    ends['second a2']?.('a3');
    expect(notes).toEqual(['run first a', 'run second a2', 'run first b', 'out a3']);
  });

  it('ends where either has nothing to go on with', () => {
    const { notes, ends, source } = chained();
    for (const value of ['dropped', 'a', 'b', 'c']) source.next(value);
    source.complete();
    ends['first a']?.();
    ends['first b']?.('dropped');
    ends['first c']?.('c2');
    ends['second c2']?.();
    expect(notes).toEqual(['run first a', 'run first b', 'run first c', 'run second c2', 'complete']);
  });

  it('ends the stream with the error of a second that cannot be made', () => {
    const notes: string[] = [];
    const ends: Record<string, (last?: string) => void> = {};
    const source = new Subject<string>();
    const second: TaskOf<string, string> = (value) => {
      throw new Error(`no task for ${value}`);
    };
    source.pipe(mergeTasks(chainTasks(noted('first', notes, ends), second), 2)).subscribe({
      error: (error: unknown) => notes.push(String(error)),
    });
    source.next('a');
    source.next('b');
    expect(() => ends['first a']?.('a2')).not.toThrow();
    expect(notes).toEqual(['run first a', 'run first b', 'Error: no task for a2', 'cancel first b']);
  });

  it('cancels the one that runs, and starts no second after that', () => {
    const first = chained();
    first.source.next('a');
    first.subscription.unsubscribe();
    first.ends['first a']?.('late');
    expect(first.notes).toEqual(['run first a', 'cancel first a']);

    const second = chained();
    second.source.next('a');
    second.ends['first a']?.('a2');
    second.subscription.unsubscribe();
    expect(second.notes).toEqual(['run first a', 'run second a2', 'cancel second a2']);
  });
});
