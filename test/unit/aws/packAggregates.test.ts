import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeAggregate } from '../../../src/aws/decodeAggregate.ts';
import { hashKeyOf } from '../../../src/aws/hashKeyOf.ts';
import { packAggregates } from '../../../src/aws/packAggregates.ts';
import type { PutEntry } from '../../../src/aws/putBatch.ts';
import type { ShardOf } from '../../../src/aws/shardMap.ts';
import { WriteError } from '../../../src/errors/writeError.ts';

interface Told {
  readonly key: string;
  readonly shard?: string | undefined;
  readonly error?: Error;
}
const half = 2n ** 127n;
/** `alpha` goes to the lower shard, `one` and `two` to the upper. */
const twoShards: ShardOf = (hashKey) => (hashKey < half ? 'lower' : 'upper');
const setUp = (told: Told[] = []) => ({
  told,
  entry: (partitionKey: string, data: Uint8Array = Buffer.from(partitionKey)): PutEntry => ({
    partitionKey,
    data,
    bytes: data.length + Buffer.byteLength(partitionKey),
    written: (shard) => told.push({ key: partitionKey, shard }),
    failed: (error) => told.push({ key: partitionKey, error }),
  }),
});
const ignore = (): void => undefined;
const pack = (entries: readonly PutEntry[], maxBytes = 1_048_576, shardOf = twoShards) =>
  packAggregates(entries, { shardOf, maxBytes, landed: ignore });

it('packs what goes to one shard, all under the hash key of the first', () => {
  const { entry } = setUp();
  const [upper, lower, ...more] = pack([entry('one'), entry('alpha'), entry('two'), entry('one')]);
  expect(more).toEqual([]);
  expect(upper?.partitionKey).toBe('one');
  const explicitHashKey = hashKeyOf('one').toString();
  expect(decodeAggregate(upper?.data ?? new Uint8Array())).toEqual(
    ['one', 'two', 'one'].map((key) => ({
      partitionKey: key,
      explicitHashKey,
      data: new Uint8Array(Buffer.from(key)),
    })),
  );
  expect(lower).toMatchObject({ partitionKey: 'alpha', data: Buffer.from('alpha') });
});

it('leaves records alone whose shard is not known', () => {
  const { entry } = setUp();
  const entries = ['one', 'two', 'alpha'].map((key) => entry(key));
  expect(pack(entries, 1_048_576, () => undefined)).toEqual(entries);
});

it('tells every record what became of the aggregate, and where it went', () => {
  const { entry, told } = setUp();
  const landed: unknown[] = [];
  const options = {
    shardOf: twoShards,
    maxBytes: 1000,
    landed: (expected: string, actual?: string) => landed.push([expected, actual]),
  };
  const [written, failed] = packAggregates([entry('one'), entry('two'), entry('alpha'), entry('alpha')], options);
  written?.written('shard 7');
  expect(told).toEqual([
    { key: 'one', shard: 'shard 7' },
    { key: 'two', shard: 'shard 7' },
  ]);
  expect(landed).toEqual([['upper', 'shard 7']]);
  const error = new WriteError('WRITE_FAILED', 'detections', 'no answer');
  failed?.failed(error);
  expect(told.slice(2)).toEqual([
    { key: 'alpha', error },
    { key: 'alpha', error },
  ]);
});

it('exceeds no limit, loses nothing, and keeps the order of each key', () => {
  const record = fc.tuple(
    fc.oneof(fc.constantFrom('one', 'two', 'alpha'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })),
    fc.integer({ min: 0, max: 300 }),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 80 }), fc.integer({ min: 400, max: 1500 }), (given, maxBytes) => {
      const { entry } = setUp();
      const entries = given.map(([key, length], i) => entry(key, Buffer.alloc(length, i)));
      const packed = pack(entries, maxBytes);
      for (const { bytes, data, partitionKey } of packed) {
        expect(bytes).toBe(data.length + Buffer.byteLength(partitionKey));
        expect(bytes).toBeLessThanOrEqual(maxBytes);
      }
      const unpacked = packed.flatMap(({ partitionKey, data }) => decodeAggregate(data) ?? [{ partitionKey, data }]);
      const byKey = (all: readonly { partitionKey: string; data: Uint8Array }[]) =>
        Object.fromEntries(
          Map.groupBy(
            all.map(({ partitionKey, data }) => ({ partitionKey, text: Buffer.from(data).toString('hex') })),
            ({ partitionKey }) => partitionKey,
          ),
        );
      expect(byKey(unpacked)).toEqual(byKey(entries));
    }),
  );
});
