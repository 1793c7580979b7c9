import { deepStrictEqual } from 'node:assert';
import { TestScheduler } from 'rxjs/testing';

/** What a marble test is written with. */
export type MarbleHelpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/**
 * Runs a marble test on a virtual clock: RxJS's time operators take no real time in it.
 *
 * @example
 * marbles(({ cold, expectObservable }) => {
 *   expectObservable(cold('a-b|').pipe(delay(2))).toBe('--a-b|');
 * });
 */
export function marbles(test: (helpers: MarbleHelpers) => void): void {
  new TestScheduler((actual, expected) => deepStrictEqual(actual, expected)).run(test);
}
