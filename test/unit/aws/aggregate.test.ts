import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAggregate } from '../../../src/aws/decodeAggregate.ts';
import { encodeAggregate } from '../../../src/aws/encodeAggregate.ts';
import type { UserRecord } from '../../../src/aws/userRecord.ts';
import { foreignAggregates } from '../../support/aggregates.ts';

const hashKey = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String);
const userRecord: fc.Arbitrary<UserRecord> = fc.record({
  partitionKey: fc.oneof(fc.constantFrom('a', 'b', 'grüß'), fc.string({ unit: 'grapheme', maxLength: 20 })),
  explicitHashKey: fc.option(fc.oneof(fc.constantFrom('0', '12'), hashKey), { nil: undefined }),
  data: fc.uint8Array({ maxLength: 300 }),
});
const magic = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
/** An aggregate around any message, with the right magic and MD5. */
const sealed = (message: Uint8Array): Uint8Array =>
  Buffer.concat([magic, message, createHash('md5').update(message).digest()]);

describe('aggregates of other programs', () => {
  it.each(foreignAggregates)('$writer: is read', ({ data, records }) => {
    expect(decodeAggregate(data)).toEqual(records);
  });

  it.each(foreignAggregates)('$writer: is what we write, byte for byte', ({ data, records }) => {
    expect(Buffer.from(encodeAggregate(records)).toString('base64')).toBe(Buffer.from(data).toString('base64'));
  });
});

describe('encodeAggregate and decodeAggregate', () => {
  it('give back what was packed', () => {
    fc.assert(
      fc.property(fc.array(userRecord, { minLength: 1, maxLength: 50 }), (records) => {
        expect(decodeAggregate(encodeAggregate(records))).toEqual(records);
      }),
    );
  });

  it('take a record as plain when any byte of the aggregate is wrong or it is cut', () => {
    const records = fc.array(userRecord, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const data = Uint8Array.from(encodeAggregate(given));
        const at = place % data.length;
        expect(decodeAggregate(data.subarray(0, at))).toBeUndefined();
        data[at] = (data[at] ?? 0) ^ change;
        expect(decodeAggregate(data)).toBeUndefined();
      }),
    );
  });

  it('never throw, whatever stands between magic and MD5', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (message) => {
        const records = decodeAggregate(sealed(message));
        expect(records === undefined || Array.isArray(records)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['the magic alone', magic],
    ['magic and MD5 of nothing', sealed(new Uint8Array())],
    ['a text', Buffer.from('{"id":"tile"}')],
    ['a record that names a missing partition key', sealed(Buffer.from('1a0408001a00', 'hex'))],
    ['a record that names a missing hash key', sealed(Buffer.from('0a01611a06080010001a00', 'hex'))],
    ['a hash key that is no number', sealed(Buffer.from('0a01611201781a06080010001a00', 'hex'))],
    ['a record without data', sealed(Buffer.from('0a01611a020800', 'hex'))],
    ['a record without partition key', sealed(Buffer.from('0a01611a021a00', 'hex'))],
    ['a length past the end', sealed(Buffer.from('0a7f61', 'hex'))],
  ])('do not take %s for an aggregate', (_, data) => {
    expect(decodeAggregate(data)).toBeUndefined();
  });

  it('pass over fields they do not know, tags among them', () => {
    // partition key `a`; a record with data `x` and the tag `k`; field 9 with number 5
    const message = Buffer.from('0a0161' + '1a0a' + '0800' + '1a0178' + '22030a016b' + '4805', 'hex');
    expect(decodeAggregate(sealed(message))).toEqual([
      { partitionKey: 'a', explicitHashKey: undefined, data: Uint8Array.from([0x78]) },
    ]);
  });

  it('keep none of the aggregate’s memory', () => {
    const [first] =
      decodeAggregate(encodeAggregate([{ partitionKey: 'a', explicitHashKey: undefined, data: magic }])) ?? [];
    expect(first?.data.buffer.byteLength).toBe(magic.length);
  });
});
