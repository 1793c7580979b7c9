import { asyncScheduler, firstValueFrom, map, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { SwathError } from '../../../src/errors/swathError.ts';
import { TileDeadlineError } from '../../../src/errors/tileDeadlineError.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { mergeTiles } from '../../../src/operators/mergeTiles.ts';
import { planStage } from '../../../src/operators/planStage.ts';
import { runStage } from '../../../src/operators/runStage.ts';
import { envelopeOf, marbles } from '../../../src/testing.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';

class PassingError extends SwathError {
  override readonly code = 'PASSING';
  override readonly retryable = true;
}

const retry = { maxAttempts: 3, delayMs: () => 2 };

describe('a tile in a stage', () => {
  it('is not tried again once it is abandoned while it waits for that', () => {
    const envelope = envelopeOf({});
    let attempts = 0;
    marbles(({ cold, expectObservable }) => {
      const failing = mapTile(
        'work',
        () => {
          attempts += 1;
          return throwError(() => new PassingError('at once'));
        },
        { retry },
      );
      cold('-x').subscribe(() => envelope.delivery.abandon());
      expectObservable(cold('a|', { a: envelope }).pipe(failing)).toBe('-|');
    });
    expect(attempts).toBe(1);
  });

  it.each([
    ['is throttled', 'SERVICE_THROTTLED', 'test', 'SlowDown'],
    ['reaches nobody', 'SERVICE_UNAVAILABLE', 'test', 'ECONNREFUSED'],
    ['finds S3 in trouble', 'SERVICE_UNAVAILABLE', 's3.PutObject', 'InternalError'],
  ] as const)(
    'that %s uses up no attempts as long as it is given time for that, and then those it has',
    (_, code, operation, serviceCode) => {
      using caught = catchWarnings();
      const envelope = envelopeOf({});
      const reason = new ServiceError(code, 'an outage', { operation, serviceCode });
      const stage = `work ${serviceCode}`; // each stage warns twice a minute at most
      let attempts = 0;
      marbles(({ cold, expectObservable }) => {
        const work = (): Observable<never> => {
          attempts += 1;
          return throwError(() => reason);
        };
        const now = (): number => asyncScheduler.now();
        const options = { retry: { maxAttempts: 2, delayMs: () => 3, outageForMs: 10 } };
        const failing = mergeTiles((each: Envelope<object>) => runStage(planStage(stage, work, options, now), each), 1);
        expectObservable(cold('a|', { a: envelope }).pipe(failing)).toBe('-------------|');
      });
      expect(caught.warnings).toEqual([expect.stringMatching(/^stage work .* waits for the service.*: an outage$/)]);
      expect(attempts).toBe(6); // at 0, 3, 6, 9, and at 10 and 13, which count
      expect(envelope.delivery.settlements).toEqual([['nack', stage, reason]]);
    },
  );

  it('uses up its attempts where the call may have been carried out', () => {
    const envelope = envelopeOf({});
    const facts = { operation: 'sagemaker.InvokeEndpointAsync', serviceCode: 'ECONNRESET' };
    const reason = new ServiceError('SERVICE_UNAVAILABLE', 'no answer', facts);
    marbles(({ cold, expectObservable }) => {
      const options = { retry: { maxAttempts: 2, delayMs: () => 3, outageForMs: 10 } };
      const failing = mapTile('work', () => throwError(() => reason), options);
      expectObservable(cold('a|', { a: envelope }).pipe(failing)).toBe('---|');
    });
    expect(envelope.delivery.settlements).toEqual([['nack', 'work', reason]]);
  });

  it('has all the time there is where its limits are longer than a timer can wait', async () => {
    const envelope = envelopeOf({});
    const limits = { timeoutMs: Number.POSITIVE_INFINITY, deadlineMs: 2 ** 31 };
    const waiting = mapTile('wait', () => timer(20).pipe(map(() => ({ waited: true }))), limits);
    const { tile } = await firstValueFrom(of(envelope).pipe(waiting));
    expect(tile).toEqual({ waited: true });
  });

  it('that misses its deadline says what its last attempt failed of', () => {
    const envelope = envelopeOf({});
    const reason = new PassingError('not yet');
    marbles(({ cold, expectObservable }) => {
      const failing = mapTile('work', () => throwError(() => reason), { retry, deadlineMs: 1 });
      expectObservable(cold('a|', { a: envelope }).pipe(failing)).toBe('-|');
    });
    const [, , error] = envelope.delivery.settlements[0] ?? [];
    expect(error).toBeInstanceOf(TileDeadlineError);
    expect((error as TileDeadlineError).cause).toBe(reason);
  });

  it('tells an attempt that was cut off of its own number and its own signal, not of the next', async () => {
    const asked: { attempt: number; aborted: boolean }[] = [];
    let asking = (): void => undefined;
    const work = mapTile(
      'work',
      (_: object, info) => {
        const look = () => asked.push({ attempt: info.attempt, aborted: info.signal.aborted });
        if (info.attempt === 1) {
          asking = look;
          return NEVER;
        }
        asking();
        look();
        return of({ ok: true });
      },
      { timeoutMs: 5, retry: { maxAttempts: 2, delayMs: () => 1 } },
    );
    await firstValueFrom(of(envelopeOf({})).pipe(work));
    expect(asked).toEqual([
      { attempt: 1, aborted: true },
      { attempt: 2, aborted: false },
    ]);
  });
});
