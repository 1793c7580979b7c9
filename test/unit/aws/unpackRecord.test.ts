import { expect, it } from 'vitest';
import { encodeAggregate } from '../../../src/aws/encodeAggregate.ts';
import { hashKeyOf } from '../../../src/aws/hashKeyOf.ts';
import { unpackRecord } from '../../../src/aws/unpackRecord.ts';

const record = (data: Uint8Array) => ({
  SequenceNumber: '4965',
  PartitionKey: 'outer',
  Data: data,
  ApproximateArrivalTimestamp: new Date(77),
});
const user = (text: string, explicitHashKey?: string, partitionKey = text) => ({
  partitionKey,
  explicitHashKey,
  data: Buffer.from(text),
});
const unpack = (users: readonly ReturnType<typeof user>[], start: bigint, end: bigint) => {
  const { records, displaced } = unpackRecord(record(encodeAggregate(users)), { start, end });
  return {
    displaced,
    records: records.map(({ position, value }) => [position, Buffer.from(value.value ?? []).toString()]),
  };
};
const top = 2n ** 128n - 1n;

it('takes a record that is no aggregate as it is', () => {
  const data = Buffer.from('tile');
  expect(unpackRecord(record(data), { start: 0n, end: 0n })).toEqual({
    displaced: 0,
    records: [
      {
        place: { sequence: '4965', subSequence: 0 },
        position: '4965',
        bytes: 9,
        value: { key: Buffer.from('outer'), value: data, headers: [], timestampMs: 77 },
      },
    ],
  });
});

it('gives each record of an aggregate its own key, size and position', () => {
  const { records } = unpackRecord(record(encodeAggregate([user('a'), user('bb', undefined, 'key')])));
  expect(records.map(({ position, bytes }) => [position, bytes])).toEqual([
    ['4965', 2],
    ['4965.1', 5],
  ]);
  expect(records.map(({ value: { key, timestampMs } }) => [Buffer.from(key ?? []).toString(), timestampMs])).toEqual([
    ['a', 77],
    ['key', 77],
  ]);
});

it('leaves out no record of another shard, and counts them', () => {
  expect(unpack([user('a', '10'), user('b', '21'), user('c', '9'), user('d', '20')], 10n, 20n)).toEqual({
    displaced: 2,
    records: [
      ['4965', 'a'],
      ['4965.1', 'b'],
      ['4965.2', 'c'],
      ['4965.3', 'd'],
    ],
  });
});

it('goes by the MD5 of the partition key where there is no explicit hash key', () => {
  // MD5 of `alpha` is 2c17…, of `one` f97c…
  expect(hashKeyOf('one')).toBe(331623505319187781935359225974189632386n);
  expect(unpack([user('alpha'), user('one'), user('one')], 0n, top / 2n).displaced).toBe(2);
  expect(unpack([user('one'), user('one'), user('alpha')], top / 2n, top).displaced).toBe(1);
});

it('counts none of a writer that does not place aggregates by the hash key of their first record', () => {
  expect(unpack([user('a', '5'), user('b', '15')], 10n, 20n)).toEqual({
    displaced: 0,
    records: [
      ['4965', 'a'],
      ['4965.1', 'b'],
    ],
  });
});
