import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/kafka/crc32c.ts';
import { type RecordBatchToEncode, recordBatchEncoder } from '../../../src/kafka/encodeRecordBatch.ts';
import { type RecordToEncode, sizeRecord } from '../../../src/kafka/sizeRecord.ts';

const require = createRequire(import.meta.url);
const theirs = {
  crc32c: require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number,
  record: require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: RecordToEncode) => object,
  batch: (
    require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
      RecordBatch(batch: object): Promise<{ buffer: Buffer }>;
    }
  ).RecordBatch,
};
const ours = recordBatchEncoder(() => ({ compress: ({ buffer }) => gzipSync(buffer) }));

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const optional = fc.option(content, { nil: null });
const message = fc.record({
  key: optional,
  value: optional,
  headers: fc.dictionary(
    fc.string({ unit: 'grapheme', maxLength: 10 }),
    fc.oneof(content, fc.array(content, { maxLength: 3 })),
  ),
  timestampDelta: fc.oneof(fc.nat(100_000), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
});
const facts = fc.record({
  firstTimestamp: fc.nat(2 ** 45),
  maxTimestamp: fc.nat(2 ** 45),
  producerId: fc.oneof(fc.nat(2 ** 40), fc.nat(2 ** 40).map(String)),
  producerEpoch: fc.nat(32_767),
  firstSequence: fc.nat(2 ** 31 - 1),
  transactional: fc.boolean(),
  partitionLeaderEpoch: fc.nat(100),
});

describe("swath's encoding of record batches", () => {
  it('makes the bytes that kafkajs makes, whatever the records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), facts, async (messages, said) => {
        const placed = messages.map((own, offsetDelta) => ({ ...own, offsetDelta }));
        const batch = { ...said, compression: 0, lastOffsetDelta: placed.length - 1 };
        const expected = await theirs.batch({ ...batch, records: placed.map(theirs.record) });
        const made = await ours({ ...batch, records: placed.map(sizeRecord) });
        expect(made.buffer.equals(expected.buffer)).toBe(true);
        expect(made.size()).toBe(expected.buffer.length);
      }),
    );
  });

  it('compresses the records alone, with the codec asked for', async () => {
    const records = [{ key: 'a', value: 'b'.repeat(500) }];
    const batch: RecordBatchToEncode = { compression: 1, firstTimestamp: 1, maxTimestamp: 2, producerId: 7 };
    const expected = await theirs.batch({ ...batch, records: records.map(theirs.record) });
    const made = await ours({ ...batch, records: records.map(sizeRecord) });
    expect(made.buffer.length).toBeLessThan(200);
    expect(made.buffer.equals(expected.buffer)).toBe(true);
  });

  it('sums up as CRC-32C does', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283); // the check value of the algorithm's catalogue entry
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32c(bytes)).toBe(theirs.crc32c(Buffer.from(bytes)));
      }),
    );
  });
});
