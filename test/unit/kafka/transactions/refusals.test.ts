import { expect, it } from 'vitest';
import { Refusals } from '../../../../src/kafka/transactions/refusals.ts';

const answer = (type: string, retriable = false): Error =>
  Object.assign(new Error(`said ${type}`), { type, retriable });

it.each([
  ['INVALID_TRANSACTION_TIMEOUT', /no transactions on tiles\/3: .* 60000 ms .*transaction\.max\.timeout\.ms/],
  ['UNSUPPORTED_VERSION', /too old/],
  ['OFFSET_METADATA_TOO_LARGE', /offset\.metadata\.max\.bytes of 4096/],
])('calls %s final at once, and says what brokers need', (type, message) => {
  const cause = answer(type);
  const lasting = new Refusals('tiles/3').lasting(new Error('wrapped', { cause }));
  expect(lasting).toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringMatching(message) });
});

it('leaves a permission that is missing to those who know the user', () => {
  const error = answer('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
  expect(new Refusals('tiles/3').lasting(error)).toBe(error);
});

it('waits for what passes as long as it takes', () => {
  const refusals = new Refusals('tiles/3');
  for (let i = 0; i < 100; i++) {
    expect(refusals.lasting(answer('CONCURRENT_TRANSACTIONS'))).toBeUndefined();
    expect(refusals.lasting(answer('GROUP_COORDINATOR_NOT_AVAILABLE', true))).toBeUndefined();
    expect(refusals.lasting(answer('UNKNOWN_TOPIC_OR_PARTITION', true))).toBeUndefined();
  }
});

it('gives up what is not known to pass after ten in a row', () => {
  const refusals = new Refusals('tiles/3');
  const strange = answer('INVALID_TXN_STATE');
  for (let i = 1; i < 10; i++) expect(refusals.lasting(strange)).toBeUndefined();
  expect(refusals.lasting(answer('NETWORK_EXCEPTION', true))).toBeUndefined(); // counted anew after it
  for (let i = 1; i < 10; i++) expect(refusals.lasting(strange)).toBeUndefined();
  expect(refusals.lasting(strange)).toMatchObject({
    code: 'SOURCE_FAILED',
    message: 'no transactions on tiles/3: tried 10 times: said INVALID_TXN_STATE (INVALID_TXN_STATE)',
  });
});
