import { EMPTY, from, lastValueFrom, map, type Observable, of, range, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AttemptTimeoutError } from '../../../src/errors/attemptTimeoutError.ts';
import { NoResultError } from '../../../src/errors/noResultError.ts';
import { SwathError } from '../../../src/errors/swathError.ts';
import { TileDeadlineError } from '../../../src/errors/tileDeadlineError.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { envelopeOf, marbles } from '../../../src/testing.ts';

class PassingError extends SwathError {
  override readonly code = 'PASSING';
  override readonly retryable = true;
}

const retry = { maxAttempts: 3, delayMs: () => 2 };

describe('mapTile', () => {
  it('emits in completion order, each tile with what was learnt', () => {
    marbles(({ cold, expectObservable }) => {
      const envelopes = { a: envelopeOf({ ms: 5 }), b: envelopeOf({ ms: 1 }) };
      const work = mapTile('work', ({ ms }: { ms: number }) => timer(ms).pipe(map(() => ({ done: ms }))));
      const result = cold('  ab|', envelopes).pipe(
        work,
        map(({ tile }) => tile),
      );
      expectObservable(result).toBe('--b--(a|)', { a: { ms: 5, done: 5 }, b: { ms: 1, done: 1 } });
    });
  });

  it('works on no more tiles at once than its concurrency', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const works = [cold('---x|', { x: {} }), cold('-----x|', { x: {} }), cold('---x|', { x: {} })] as const;
      const envelopes = { a: envelopeOf({ i: 0 }), b: envelopeOf({ i: 1 }), c: envelopeOf({ i: 2 }) };
      const result = cold('(abc|)', envelopes).pipe(
        mapTile('work', ({ i }: { i: number }): Observable<object> => works[i] ?? EMPTY, { concurrency: 2 }),
        map(({ tile }) => tile.i),
      );
      expectObservable(result).toBe('---a-b(c|)', { a: 0, b: 1, c: 2 });
      expectSubscriptions(works[2].subscriptions).toBe('---^--!');
    });
  });

  it('nacks a tile whose work fails, names the stage, and goes on', async () => {
    const reason = new Error('broken');
    const good = envelopeOf({ id: 'good' });
    const bad = envelopeOf({ id: 'bad' });
    const work = mapTile('work', ({ id }: { id: string }) =>
      id === 'bad' ? throwError(() => reason) : of({ ok: true }),
    );
    const out = await lastValueFrom(from([bad, good]).pipe(work, toArray()));
    expect(out.map(({ tile }) => tile)).toEqual([{ id: 'good', ok: true }]);
    expect(bad.delivery.settlements).toEqual([['nack', 'work', reason]]);
    expect(good.delivery.settlements).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['rejects', () => Promise.reject(new Error('later'))],
    ['ends without a value', () => EMPTY],
  ])('nacks a tile whose work %s', async (_, work) => {
    const envelope = envelopeOf({});
    const out = await lastValueFrom(of(envelope).pipe(mapTile('work', work as () => Observable<object>), toArray()));
    expect(out).toEqual([]);
    expect(envelope.delivery.settlements).toMatchObject([['nack', 'work', expect.any(Error)]]);
    if (work.toString().includes('EMPTY')) expect(envelope.delivery.settlements[0]?.[2]).toBeInstanceOf(NoResultError);
  });

  it('leaves the tile as it is when the work learns nothing', async () => {
    const out = await lastValueFrom(
      of(envelopeOf({ id: 1 })).pipe(
        mapTile('work', () => of(null as unknown as object)),
        toArray(),
      ),
    );
    expect(out.map(({ tile }) => tile)).toEqual([{ id: 1 }]);
  });

  it('takes the first value of the work and cancels the rest', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('-x-y-z', { x: { v: 1 }, y: { v: 2 }, z: { v: 3 } });
      const result = cold('a|', { a: envelopeOf({}) }).pipe(
        mapTile('work', () => work),
        map(({ tile }) => tile.v),
      );
      expectObservable(result).toBe('-(v|)', { v: 1 });
      expectSubscriptions(work.subscriptions).toBe('^!');
    });
  });

  it('retries what is retryable, after the wait of each attempt', () => {
    const attempts: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const result = cold('a|', { a: envelopeOf({}) }).pipe(
        mapTile(
          'work',
          (_, { attempt }) => {
            attempts.push(attempt);
            return attempt < 3 ? throwError(() => new PassingError('not yet')) : of({ attempt });
          },
          { retry },
        ),
        map(({ tile }) => tile.attempt),
      );
      expectObservable(result).toBe('----(n|)', { n: 3 });
    });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('gives up after the last attempt, and at once on errors that are not retryable', async () => {
    const passing = envelopeOf({});
    const lasting = envelopeOf({});
    let calls = 0;
    const failing = (error: Error) =>
      mapTile(
        'work',
        () => {
          calls += 1;
          return throwError(() => error);
        },
        { retry },
      );
    await lastValueFrom(of(passing).pipe(failing(new PassingError('x')), toArray()));
    expect(calls).toBe(3);
    await lastValueFrom(of(lasting).pipe(failing(new Error('x')), toArray()));
    expect(calls).toBe(4);
    expect(passing.delivery.settlements).toHaveLength(1);
    expect(lasting.delivery.settlements).toHaveLength(1);
  });

  it('bounds an attempt by its timeout and the tile by its deadline, cancelling what runs', () => {
    const slow = envelopeOf({ i: 0 });
    const late = envelopeOf({ i: 1 });
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const attempt = cold<object>('----------');
      const result = cold('a|', { a: slow }).pipe(
        mapTile('work', () => attempt, { timeoutMs: 3, retry: { maxAttempts: 2, delayMs: () => 1 } }),
      );
      expectObservable(result).toBe('-------|');
      expectSubscriptions(attempt.subscriptions).toBe(['^--!', '----^--!']);
    });
    expect(slow.delivery.settlements).toEqual([['nack', 'work', new AttemptTimeoutError('work', 3)]]);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const attempt = cold<object>('----------');
      const result = cold('a|', { a: late }).pipe(mapTile('work', () => attempt, { deadlineMs: 5 }));
      expectObservable(result).toBe('-----|');
      expectSubscriptions(attempt.subscriptions).toBe('^----!');
    });
    expect(late.delivery.settlements).toEqual([['nack', 'work', new TileDeadlineError('work', 5)]]);
  });

  it('cancels what runs on unsubscription: the signal aborts, the promise is not waited for', async () => {
    let signal: AbortSignal | undefined;
    const work = mapTile('work', (_: object, info) => {
      signal = info.signal;
      return new Promise<object>(() => undefined);
    });
    const subscription = of(envelopeOf({})).pipe(work).subscribe();
    expect(signal?.aborted).toBe(false);
    subscription.unsubscribe();
    expect(signal?.aborted).toBe(true);
  });

  it('does not abort the signal of work that has answered', async () => {
    let signal: AbortSignal | undefined;
    const work = mapTile('work', async (_: object, info) => {
      signal = info.signal;
      return { ok: true };
    });
    await lastValueFrom(of(envelopeOf({})).pipe(work));
    expect(signal?.aborted).toBe(false);
  });

  it('cancels what runs when the tile is abandoned, and does not settle it', () => {
    const envelope = envelopeOf({});
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const running = cold<object>('----------');
      cold('--x').subscribe(() => envelope.delivery.abandon());
      expectObservable(cold('a|', { a: envelope }).pipe(mapTile('work', () => running))).toBe('--|');
      expectSubscriptions(running.subscriptions).toBe('^-!');
    });
    expect(envelope.delivery.settlements).toEqual([]);
  });

  it('does not begin on a tile that was abandoned in the queue', async () => {
    const first = envelopeOf({ i: 0 });
    const second = envelopeOf({ i: 1 });
    const begun: number[] = [];
    const work = mapTile(
      'work',
      async ({ i }: { i: number }) => {
        begun.push(i);
        second.delivery.abandon();
        return {};
      },
      { concurrency: 1 },
    );
    await lastValueFrom(from([first, second]).pipe(work, toArray()));
    expect(begun).toEqual([0]);
    expect(second.delivery.settlements).toEqual([]);
  });

  it('takes synchronous work under a cap without recursing over its queue', async () => {
    const count = 20_000;
    let after = 0;
    const slowThenSync = mapTile(
      'work',
      ({ i }: { i: number }) => (i === 0 ? timer(1).pipe(map(() => ({}))) : of({})),
      { concurrency: 1 },
    );
    const out = range(0, count).pipe(
      map((i) => envelopeOf({ i })),
      slowThenSync,
    );
    await new Promise<void>((resolve, reject) =>
      out.subscribe({ next: () => (after += 1), complete: resolve, error: reject }),
    );
    expect(after).toBe(count);
  });
});
