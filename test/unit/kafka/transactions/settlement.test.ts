import { describe, expect, it } from 'vitest';
import type {
  TransactionDescription,
  TransactionState,
} from '../../../../src/kafka/transactions/describeTransaction.ts';
import { type Settlement, settlementOf } from '../../../../src/kafka/transactions/settlement.ts';

const told = (state: TransactionState, producerEpoch: number, producerId = '7'): TransactionDescription => ({
  state,
  producerId,
  producerEpoch,
});
const seen = { producerId: '7', producerEpoch: 3 };
/** The brokers said so when the epoch was 3, and one claim has been sent since. */
const known = (committed: boolean, own?: number): Settlement => ({
  committed,
  seen,
  claims: 1,
  ...(own !== undefined && { own: { producerId: '7', producerEpoch: own } }),
});

describe('how what is open of an id has to end', () => {
  it.each<[TransactionState, boolean]>([
    ['PrepareCommit', true],
    ['CompleteCommit', true],
    ['PrepareAbort', false],
    ['CompleteAbort', false],
    ['PrepareEpochFence', false],
    ['Ongoing', false],
    ['Empty', false],
    ['Dead', false],
  ])('%s: committed is %s', (state, committed) => {
    expect(settlementOf(told(state, 3))).toEqual({ committed, seen, claims: 0 });
  });

  it.each<[TransactionState, boolean]>([
    ['PrepareCommit', true],
    ['CompleteCommit', true],
    ['PrepareAbort', false],
    ['CompleteAbort', false],
    ['PrepareEpochFence', false],
  ])('%s counts whatever was known', (state, committed) => {
    for (const before of [known(!committed), known(!committed, 4)])
      expect(settlementOf(told(state, 4), before)).toMatchObject({ committed, claims: 0 });
  });

  it('what was known counts after a claim of ours, answered or not', () => {
    for (const before of [known(true), known(true, 4)]) expect(settlementOf(told('Empty', 4), before)).toBe(before);
  });

  it('our own transaction has the fate it was begun for', () => {
    expect(settlementOf(told('Ongoing', 4), known(true, 4))).toMatchObject({ committed: true });
  });

  it.each<[string, TransactionDescription, Settlement]>([
    [
      'a transaction begun by somebody with the epoch of a claim that was not answered',
      told('Ongoing', 4),
      known(true),
    ],
    ['a transaction of the producer that had been seen', told('Ongoing', 3), known(true)],
    ['a claim of another after ours', told('Empty', 5), known(true, 4)],
    ['more claims than were sent', told('Empty', 5), known(true)],
    ['another producer id', told('Empty', 4, '8'), known(true)],
    ['an id that was not claimed', told('Empty', 3), known(true)],
  ])('nothing that was known counts for %s', (_, now, before) => {
    expect(settlementOf(now, before)).toMatchObject({ committed: false, claims: 0 });
    expect(settlementOf(now, before).own).toBeUndefined();
  });
});
