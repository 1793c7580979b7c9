import { expect, it } from 'vitest';
import { isFenced } from '../../../../src/kafka/transactions/isFenced.ts';

const protocolError = (type: string): Error => Object.assign(new Error(type), { type });

it('knows who is fenced, however deep the client wraps it', () => {
  expect(isFenced(protocolError('INVALID_PRODUCER_EPOCH'))).toBe(true);
  const wrapped = new Error('gave up', {
    cause: new Error('again', { cause: protocolError('INVALID_PRODUCER_EPOCH') }),
  });
  expect(isFenced(wrapped)).toBe(true);
  expect(isFenced(new Error('Unknown error code 90'))).toBe(true); // PRODUCER_FENCED
  expect(isFenced(new Error('Unknown error code 9'))).toBe(false);
  expect(isFenced(protocolError('CONCURRENT_TRANSACTIONS'))).toBe(false);
  expect(isFenced(undefined)).toBe(false);
});
