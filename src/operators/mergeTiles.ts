import type { Observable, OperatorFunction } from 'rxjs';
import { mergeTasks } from './mergeTasks.ts';
import { ObservedTask } from './observedTask.ts';
import type { TaskHost } from './task.ts';

/**
 * RxJS's `mergeMap` under a cap, for many inner observables at once and for ones that end at once.
 *
 * `mergeMap` keeps its inner subscriptions in an array, which makes the end of each cost as much as there are others, and it
 * recurses over its queue when inner observables end at once (ReactiveX/rxjs#7334). This one does not; everything else is the
 * same: completion order, errors, cancellation.
 *
 * @param concurrency - Inner observables subscribed at once; what comes beyond waits in a queue, which the source's credit bounds.
 */
export function mergeTiles<A, B extends {}>(
  project: (value: A) => Observable<B>,
  concurrency: number,
): OperatorFunction<A, B> {
  return mergeTasks((value: A, host: TaskHost<B>) => new ObservedTask(project(value), host), concurrency);
}
