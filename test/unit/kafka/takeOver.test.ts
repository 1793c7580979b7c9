import { expect, it } from 'vitest';
import { takeOver } from '../../../src/kafka/takeOver.ts';
import { partitionOffsetsOf } from '../../support/kafka/partitionOffsetsOf.ts';

it('reads what the owner before had committed when it was fenced, not what stood there before', async () => {
  let committed = 5;
  const steps: string[] = [];
  const astray = new Set(['0', '1']);
  const read = () => partitionOffsetsOf({ committed });
  const found = await takeOver(['0'], {
    lanes: {
      claim: async () => {
        await Promise.resolve();
        committed = 9; // a transaction that was ending has ended
        steps.push('claimed');
      },
    },
    offsets: {
      fetchAll: async () => {
        steps.push('read');
        return new Map([['0', read()]]);
      },
    },
    counts: () => true,
    astray,
    closing: new AbortController().signal,
  });
  expect(steps).toEqual(['claimed', 'read']);
  expect([...astray]).toEqual(['1']);
  expect(found?.get('0')?.committed).toBe(9);
});
