import { expect, it } from 'vitest';
import { envelopeOf } from '../../../src/testing/envelopeOf.ts';
import { BatchDelivery } from '../../../src/tile/batchDelivery.ts';
import { SharedDelivery } from '../../../src/tile/sharedDelivery.ts';

it('tells once that it is abandoned, when all of it is, though two of its deliveries are parts of one', () => {
  const [one, other] = [envelopeOf({}).delivery, envelopeOf({}).delivery];
  const shared = new SharedDelivery(one, 2);
  const batch = new BatchDelivery([other, shared.part(), shared.part()]);
  let told = 0;
  batch.onAbandon(() => {
    told += 1;
  });
  other.abandon();
  expect(told).toBe(0);
  one.abandon();
  expect(told).toBe(1);
});
