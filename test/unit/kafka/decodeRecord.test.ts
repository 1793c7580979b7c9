import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchContext, type DecodedRecord, decodeRecord } from '../../../src/kafka/decodeRecord.ts';
import { sizeRecord } from '../../../src/kafka/sizeRecord.ts';
import { toStreamRecord } from '../../../src/kafka/toStreamRecord.ts';
import { type WireDecoder, wireCodec } from '../../../src/kafka/wireCodec.ts';

const theirs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
  decoder: WireDecoder,
  context: BatchContext,
) => DecodedRecord;

const context: BatchContext = {
  firstOffset: '9007199254740993',
  firstTimestamp: '1764000000000',
  maxTimestamp: '1764000009999',
  timestampType: 0,
  magicByte: 2,
};

/** What stands in a batch for a record, behind its length. */
function decoderOf(record: Parameters<typeof sizeRecord>[0]): WireDecoder {
  const { size, writeTo } = sizeRecord(record);
  const bytes = Buffer.alloc(size);
  writeTo(bytes, 0);
  return wireCodec.decoder(wireCodec.decoder(bytes).readVarIntBytes() as Buffer);
}

const content = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
const optional = fc.option(content, { nil: null });
const headerName = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((name) => !(name in {}));
const record = fc.record({
  key: optional,
  value: optional,
  headers: fc.dictionary(headerName, fc.oneof(content, fc.array(content, { minLength: 2, maxLength: 3 }))),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  offsetDelta: fc.nat(2 ** 20),
});

describe("swath's decoding of records", () => {
  it('makes what kafkajs makes, whatever the record', () => {
    const contexts = fc.record({ timestampType: fc.constantFrom(0, 1), isControlBatch: fc.boolean() });
    fc.assert(
      fc.property(record, contexts, (written, said) => {
        const own = { ...context, ...said };
        const expected = theirs(decoderOf(written), own);
        const { headers, ...made } = decodeRecord(decoderOf(written), own);
        expect({ ...made, headers: { ...headers } }).toEqual(expected);
      }),
    );
  });

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])('reads a header named %s', (name) => {
    const headers = Object.fromEntries([[name, [Buffer.from('a'), Buffer.from('b')]]]);
    const written = { key: null, value: null, headers, timestampDelta: 0, offsetDelta: 0 };
    const expected = [
      [name, Buffer.from('a')],
      [name, Buffer.from('b')],
    ];
    for (const decode of [decodeRecord, theirs]) {
      const decoded = decode(decoderOf(written), context) as DecodedRecord & { size: number };
      // kafkajs puts the member of every object before it, and what has decoded before swath came keeps kafkajs's decoder.
      expect(toStreamRecord(decoded as never).value.headers).toEqual(expected);
    }
  });

  it('reads a record of ten thousand headers', () => {
    const headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, Buffer.from(String(i))]));
    const written = { key: null, value: null, headers, timestampDelta: 0, offsetDelta: 0 };
    expect({ ...decodeRecord(decoderOf(written), context).headers }).toEqual(headers);
  });
});
