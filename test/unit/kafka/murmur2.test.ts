import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur2 } from '../../../src/kafka/murmur2.ts';
import { partitionChooser } from '../../../src/kafka/partitionChooser.ts';

const theirs = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: Buffer,
) => number;

describe('murmur2', () => {
  // Values of org.apache.kafka.common.utils.UtilsTest
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('hashes any key as the JavaScript client does', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (key) => murmur2(key) === theirs(Buffer.from(key))));
  });
});

describe('partitionChooser', () => {
  it('keeps a key in its partition, and spreads records without a key in runs', () => {
    const choose = partitionChooser(1);
    const key = Buffer.from('foobar');
    expect(new Set(Array.from({ length: 10 }, () => choose(key, 5))).size).toBe(1);
    const keyless = Array.from({ length: 500 }, () => choose(null, 3));
    expect(keyless.slice(0, 98)).toEqual(Array.from({ length: 98 }, () => 1));
    expect([0, 1, 2].map((partition) => keyless.filter((own) => own === partition).length >= 100)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
