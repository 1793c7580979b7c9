import fc from 'fast-check';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { SwathError } from '../../../src/errors/swathError.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import { redeliver } from '../../../src/sources/redeliver.ts';
import { ackAll, memoryLog } from '../../../src/testing.ts';

class PassingError extends SwathError {
  override readonly code = 'PASSING';
  override readonly retryable = true;
}

const row = fc.record({ failures: fc.nat({ max: 5 }), permanent: fc.boolean() });

it('tries each tile as often as the policy allows, in the order of its partition, and finishes it once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (plans, maxAttempts) => {
      const log = memoryLog(plans.map((plan, id) => ({ ...plan, id })));
      const tried: number[] = [];
      const dead: [id: number, attempt: number][] = [];
      const work = mapTile(
        'work',
        async ({ id, failures, permanent }: { id: number; failures: number; permanent: boolean }, { delivery }) => {
          tried.push(id);
          expect(delivery.attempt).toBe(tried.filter((each) => each === id).length);
          if (delivery.attempt <= failures) throw permanent ? new TypeError('broken') : new PassingError('later');
          return {};
        },
        { retry: { maxAttempts: 1 } },
      );
      const onNack = redeliver<{ id: number }>({
        delayMs: () => 0,
        maxAttempts,
        otherwise: async ({ record, attempt }) => {
          expect(log.stored('0')?.nextSlot ?? 0).toBeLessThanOrEqual(record.id); // the dead letter comes before the position
          dead.push([record.id, attempt]);
          return 'settled';
        },
      });
      const drain = new AbortController().signal;
      const out = await lastValueFrom(
        fromReader(log, { drain, order: 'partition', maxInFlight: 3, onNack }).pipe(work, ackAll(), toArray()),
      );
      const tries = plans.map(({ failures, permanent }) => (permanent ? 1 : Math.min(failures + 1, maxAttempts)));
      expect(tried).toEqual(tries.flatMap((count, id) => Array<number>(count).fill(id)));
      const refused = plans.flatMap(({ failures }, id) => (failures >= (tries[id] ?? 0) ? [[id, tries[id]]] : []));
      expect(dead).toEqual(refused);
      expect(out).toHaveLength(plans.length - dead.length);
      expect(log.stored('0')?.nextSlot ?? 0).toBe(plans.length);
    }),
    { numRuns: 60 },
  );
});
