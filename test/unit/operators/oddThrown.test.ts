import { DiagLogLevel, diag, SpanStatusCode } from '@opentelemetry/api';
import fc from 'fast-check';
import { from, lastValueFrom, Observable, of, throwError, toArray } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { toSwathError } from '../../../src/errors/toSwathError.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { encodeDeadLetter } from '../../../src/records/encodeDeadLetter.ts';
import { envelopeOf } from '../../../src/testing.ts';
import { oddThrown } from '../../support/oddThrown.ts';
import { recordSpans } from '../telemetry/recordSpans.ts';

afterEach(() => diag.disable());

const ways: readonly ((thrown: unknown) => Observable<object> | Promise<object>)[] = [
  (thrown) => {
    throw thrown;
  },
  async (thrown) => {
    throw thrown;
  },
  (thrown) => throwError(() => thrown),
];

it('settles a tile whatever its stage throws, and a dead letter can be written of it', async () => {
  using spans = recordSpans();
  await fc.assert(
    fc.asyncProperty(oddThrown, fc.constantFrom(...ways), async (make, fail) => {
      const thrown = make();
      const [bad, good] = [envelopeOf({ bad: true }), envelopeOf({ bad: false })];
      const work = mapTile('work', ({ bad: fails }: { bad: boolean }) => (fails ? fail(thrown) : of({})));
      expect(await lastValueFrom(from([bad, good]).pipe(work, toArray()))).toHaveLength(1);
      const [[outcome, stage, reason] = []] = bad.delivery.settlements;
      expect([outcome, stage, Object.is(reason, thrown)]).toEqual(['nack', 'work', true]);
      const { origin } = bad.delivery;
      const record = { key: null, value: Buffer.from('v'), headers: [], timestampMs: 0 };
      const dead = { record, origin, attempt: 1, stage: 'work', reason: toSwathError(reason) };
      expect(encodeDeadLetter('binary', dead, { pipeline: 'p', nowMs: 0 }).headers).toHaveLength(6);
    }),
  );
  expect(spans.spans().some(({ status }) => status.code === SpanStatusCode.ERROR)).toBe(true);
});

it('refuses a tile that cannot take what was learnt, since an accessor of it throws', async () => {
  const envelope = envelopeOf({});
  const learnt = {
    get features(): never {
      throw new Error('in accessor');
    },
  };
  const out = of(envelope).pipe(mapTile('work', async () => learnt));
  expect(await lastValueFrom(out, { defaultValue: 'nothing' })).toBe('nothing');
  expect(envelope.delivery.settlements).toMatchObject([['nack', 'work', { message: 'in accessor' }]]);
});

it('goes on where a stage fails to clean up, and says so', async () => {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger = { error: ignore, warn: (text: string) => void warnings.push(text), info: ignore, debug: ignore };
  diag.setLogger({ ...logger, verbose: ignore }, DiagLogLevel.WARN);
  const work = mapTile(
    'work',
    () =>
      new Observable<{ done: boolean }>((subscriber) => {
        setTimeout(() => subscriber.next({ done: true }));
        return () => {
          throw new Error('in teardown');
        };
      }),
  );
  const [one] = await lastValueFrom(of(envelopeOf({})).pipe(work, toArray()));
  expect(one?.tile).toEqual({ done: true });
  expect(warnings).toEqual([expect.stringMatching(/^stage work failed to clean up: .*in teardown/s)]);
});
