import { EMPTY, lastValueFrom, NEVER, Observable, of, range, throwError, timer, toArray } from 'rxjs';
import { map } from 'rxjs/operators';
import { describe, expect, it } from 'vitest';
import { mergeTiles } from '../../../src/operators/mergeTiles.ts';
import { marbles } from '../../../src/testing.ts';

describe('mergeTiles', () => {
  it('merges in completion order under the cap, like mergeMap', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('----x|'), b: cold('--y|'), c: cold('-z|') };
      const result = cold('abc|').pipe(mergeTiles((value) => inner[value as 'a' | 'b' | 'c'], 2));
      expectObservable(result).toBe('---yxz|');
      expectSubscriptions(inner.c.subscriptions).toBe('----^-!');
    });
  });

  it('completes when the source and every inner have, and at once without values', async () => {
    expect(
      await lastValueFrom(
        EMPTY.pipe(
          mergeTiles(() => NEVER, 1),
          toArray(),
        ),
      ),
    ).toEqual([]);
    expect(
      await lastValueFrom(
        of(3, 1).pipe(
          mergeTiles((ms) => timer(ms).pipe(map(() => ms)), 5),
          toArray(),
        ),
      ),
    ).toEqual([1, 3]);
  });

  it('passes an error on and cancels the other inner observables', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('------x|');
      const bad = cold('  --#');
      const result = cold('(ab|)').pipe(mergeTiles((value) => (value === 'a' ? slow : bad), 2));
      expectObservable(result).toBe('--#');
      expectSubscriptions(slow.subscriptions).toBe('^-!');
    });
  });

  it('cancels everything on unsubscription and begins nothing from the queue', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('------x|');
      const second = cold('-x|');
      const result = cold('(ab|)').pipe(mergeTiles((value) => (value === 'a' ? first : second), 1));
      expectObservable(result, '--!').toBe('--');
      expectSubscriptions(first.subscriptions).toBe('^-!');
      expectSubscriptions(second.subscriptions).toBe([]);
    });
  });

  it('passes an error of the projection on', async () => {
    const broken = (): Observable<never> => {
      throw new Error('cannot project');
    };
    await expect(lastValueFrom(of(1).pipe(mergeTiles(broken, 1)))).rejects.toThrow('cannot project');
    await expect(
      lastValueFrom(throwError(() => new Error('upstream')).pipe(mergeTiles(() => of(1), 1))),
    ).rejects.toThrow('upstream');
  });

  it('works through a long queue of inner observables that end at once, without recursing', async () => {
    const ends = range(0, 50_000).pipe(
      mergeTiles((i) => (i === 0 ? timer(1).pipe(map(() => i)) : of(i)), 1),
      toArray(),
    );
    expect(await lastValueFrom(ends)).toEqual(Array.from({ length: 50_000 }, (_, i) => i));
  });

  it('stays flat over a million values that end at once', async () => {
    const source = new Observable<number>((subscriber) => {
      for (let i = 0; i < 1_000_000 && !subscriber.closed; i++) subscriber.next(i);
      subscriber.complete();
    });
    let sum = 0;
    await new Promise<void>((resolve) =>
      source.pipe(mergeTiles((i) => of(i), 3)).subscribe({ next: (i) => (sum += i), complete: resolve }),
    );
    expect(sum).toBe(499_999_500_000);
  });
});
