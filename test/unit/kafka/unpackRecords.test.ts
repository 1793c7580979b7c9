import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { batchDecoder, type DecodeBatch } from '../../../src/kafka/batchDecoder.ts';
import { codecOf } from '../../../src/kafka/codecOf.ts';
import type { DecodedRecord } from '../../../src/kafka/decodeRecord.ts';
import { recordBatchEncoder } from '../../../src/kafka/encodeRecordBatch.ts';
import { lz4Blocks } from '../../../src/kafka/lz4Blocks.ts';
import { PackedRecords } from '../../../src/kafka/packedRecords.ts';
import { registerKafkaCodecs } from '../../../src/kafka/registerKafkaCodecs.ts';
import { sizeRecord } from '../../../src/kafka/sizeRecord.ts';
import { unpackRecords } from '../../../src/kafka/unpackRecords.ts';
import { wireCodec } from '../../../src/kafka/wireCodec.ts';

registerKafkaCodecs();
const protocol = 'kafkajs/src/protocol';
const require = createRequire(import.meta.url);
const { lookupCodec } = require(`${protocol}/message/compression/index.js`);
const theirs = require(`${protocol}/recordBatch/v0/decoder.js`) as DecodeBatch;
const encode = recordBatchEncoder(lookupCodec);
const compressions = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const firstOffset = 1000;

async function batchOf(values: readonly Buffer[], compression: (typeof compressions)[number] | 'none') {
  const records = values.map((value, offsetDelta) =>
    sizeRecord({ key: null, value, headers: {}, timestampDelta: offsetDelta, offsetDelta }),
  );
  const facts = { firstTimestamp: 5, maxTimestamp: 9, producerId: 7, transactional: true, firstSequence: 3 };
  return encode({
    ...facts,
    compression: codecOf(compression),
    firstOffset,
    lastOffsetDelta: values.length - 1,
    records,
  });
}

async function packedOf(values: readonly Buffer[], compression: (typeof compressions)[number]): Promise<PackedRecords> {
  const { buffer } = await batchOf(values, compression);
  const { records } = await batchDecoder(theirs)(wireCodec.decoder(buffer));
  const [packed] = records;
  if (!(packed instanceof PackedRecords)) throw new TypeError('a compressed batch stays packed');
  return packed;
}

function withPlainHeaders(records: readonly unknown[]): unknown[] {
  return (records as readonly DecodedRecord[]).map((record) => ({ ...record, headers: { ...record.headers } }));
}

const all = { from: 0n, roomBytes: Number.POSITIVE_INFINITY, atLeastOne: false };

describe.each(compressions)('a batch in %s', (compression) => {
  it('is unpacked to the records that kafkajs makes of it', async () => {
    const values = Array.from({ length: 300 }, (_, i) => Buffer.from(`${i} `.repeat(i)));
    const { buffer } = await batchOf(values, compression);
    const { records } = await theirs(wireCodec.decoder(buffer));
    const unpacked = await unpackRecords(await packedOf(values, compression), all);
    expect(withPlainHeaders(unpacked.records)).toEqual(withPlainHeaders(records));
    expect(unpacked).toMatchObject({ isWhole: true, passed: undefined });
  });

  it('comes part by part, each record once and never more than there is room for', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.nat(100_000), fc.nat(600_000)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 700_000 }), async (lengths, roomBytes) => {
        const values = lengths.map((length, i) => Buffer.alloc(length, `${i},`));
        const packed = await packedOf(values, compression);
        const seen: DecodedRecord[] = [];
        for (let isWhole = false; !isWhole; ) {
          const from = BigInt(firstOffset + seen.length);
          const part = await unpackRecords(packed, { from, roomBytes, atLeastOne: true });
          expect(part.bytes <= roomBytes || part.records.length === 1).toBe(true);
          expect(part.records.length).toBeGreaterThan(0);
          seen.push(...part.records);
          isWhole = part.isWhole;
        }
        expect(seen.map(({ offset }) => Number(offset))).toEqual(values.map((_, i) => firstOffset + i));
        expect(seen.every(({ value }, i) => value?.equals(values[i] ?? Buffer.of()))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('gives nothing where there is no room, and tells of the last record that is not wanted', async () => {
    const packed = await packedOf([Buffer.from('a'), Buffer.from('b')], compression);
    const options = { from: BigInt(firstOffset + 1), roomBytes: 10, atLeastOne: false };
    expect(await unpackRecords(packed, options)).toMatchObject({ records: [], bytes: 0, isWhole: false });
    const beyond = await unpackRecords(packed, { ...options, from: BigInt(firstOffset + 9) });
    expect(beyond).toMatchObject({ records: [], isWhole: true, passed: { offset: String(firstOffset + 1) } });
  });

  it('that is damaged is told by its offset', async () => {
    const packed = await packedOf([Buffer.alloc(5000, 'abc')], compression);
    const bytes = packed.parts.bytes.subarray(0, packed.parts.bytes.length - 20);
    const damaged = new PackedRecords({ ...packed.parts, bytes });
    await expect(unpackRecords(damaged, all)).rejects.toThrow('the batch at offset 1000 cannot be unpacked');
  });
});

it('does not unpack the records that there is no room for', async () => {
  const packed = await packedOf([Buffer.alloc(1_000_000), Buffer.alloc(1_000_000)], 'gzip');
  const head = gzipSync(Buffer.alloc(1));
  const bytes = Buffer.concat([packed.parts.bytes.subarray(0, -8), head]); // not the end of its stream: an error for who looks
  const torn = new PackedRecords({ ...packed.parts, bytes });
  const { records, isWhole } = await unpackRecords(torn, { from: 0n, roomBytes: 1_100_000, atLeastOne: true });
  expect({ count: records.length, isWhole }).toEqual({ count: 1, isWhole: false });
});

it('a batch that says more records than it has is told', async () => {
  const packed = await packedOf([Buffer.from('a')], 'gzip');
  const wrong = new PackedRecords({ ...packed.parts, count: 2 });
  await expect(unpackRecords(wrong, all)).rejects.toThrow('fewer records than its head says');
});

it('a batch that is not compressed, or cut off, is left to kafkajs', async () => {
  const values = [Buffer.from('a'), Buffer.from('b')];
  const plain = await batchOf(values, 'none');
  const { records } = await batchDecoder(theirs)(wireCodec.decoder(plain.buffer));
  expect(records).toMatchObject([{ value: values[0] }, { value: values[1] }]);
  const { buffer } = await batchOf(values, 'gzip');
  const cut = batchDecoder(theirs)(wireCodec.decoder(buffer.subarray(0, -1)));
  await expect(cut).rejects.toMatchObject({ name: 'KafkaJSPartialMessageError' });
});

describe('the blocks of an LZ4 frame', () => {
  it('are found, with their largest size', async () => {
    const { compress } = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4]();
    const frame: Buffer = await compress({ buffer: Buffer.alloc(300_000, 'abc') });
    const found = lz4Blocks(frame);
    const blocks = [...(found?.blocks ?? [])];
    expect(blocks.length).toBeGreaterThanOrEqual(300_000 / (found?.maxBytes ?? 1));
    expect(blocks.every(({ isPacked }) => isPacked)).toBe(true);
  });

  it('are left to the codec where they need one another, or where it is no frame', () => {
    const linked = Buffer.from('04224d184040820000000000', 'hex');
    expect(lz4Blocks(linked)).toBeUndefined();
    expect(lz4Blocks(Buffer.alloc(20))).toBeUndefined();
  });
});
