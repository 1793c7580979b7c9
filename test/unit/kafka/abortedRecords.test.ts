import { describe, expect, it } from 'vitest';
import { abortedRecords, type FetchedRecord } from '../../../src/kafka/abortedRecords.ts';

const record = (offset: number, producerId: string, inTransaction = true): FetchedRecord => ({
  offset: String(offset),
  key: null,
  isControlRecord: false,
  batchContext: { producerId, inTransaction },
});
const marker = (offset: number, producerId: string, type: 'abort' | 'commit'): FetchedRecord => ({
  ...record(offset, producerId),
  key: Uint8Array.of(0, 0, 0, type === 'abort' ? 0 : 1),
  isControlRecord: true,
});
const offsetsOf = (records: readonly FetchedRecord[]): number[] => records.map(({ offset }) => Number(offset));

describe('abortedRecords', () => {
  it('finds them where the transaction that began first ended last', () => {
    const records = [
      record(0, 'a'),
      record(1, 'b'),
      record(2, 'plain', false),
      marker(3, 'b', 'abort'),
      record(4, 'a'),
      marker(5, 'a', 'abort'),
      record(6, 'a'),
      marker(7, 'a', 'commit'),
    ];
    const aborted = [
      { producerId: 'b', firstOffset: '1' },
      { producerId: 'a', firstOffset: '0' },
    ];
    expect(offsetsOf(abortedRecords(records, aborted))).toEqual([0, 1, 4]);
  });

  it('finds those of transactions that began before what was fetched', () => {
    const records = [record(10, 'a'), record(11, 'b'), marker(12, 'a', 'abort'), marker(13, 'b', 'abort')];
    const aborted = [
      { producerId: 'a', firstOffset: '3' },
      { producerId: 'b', firstOffset: '4' },
    ];
    expect(offsetsOf(abortedRecords(records, aborted))).toEqual([10, 11]);
  });

  it('leaves what the same producer commits next, and records whose key looks like a marker', () => {
    const records = [
      { ...record(0, 'a'), key: new Uint8Array(4) },
      record(1, 'a'),
      marker(2, 'a', 'abort'),
      { ...record(3, 'a'), key: new Uint8Array(4) },
      marker(4, 'a', 'commit'),
    ];
    expect(offsetsOf(abortedRecords(records, [{ producerId: 'a', firstOffset: '0' }]))).toEqual([0, 1]);
  });
});
