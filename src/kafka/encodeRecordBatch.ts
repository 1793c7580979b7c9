import { crc32c } from './crc32c.ts';
import type { SizedRecord } from './sizeRecord.ts';

/** Numbers of 64 bits come from kafkajs as numbers, as text, or as objects of its own that print as numbers. */
type Long = number | string | { toString(): string };

/** What kafkajs wants encoded: records, and what is said of all of them. */
export interface RecordBatchToEncode {
  /** Codec in the lowest three bits, as the protocol numbers them; 0 is none. */
  readonly compression?: number;
  readonly firstOffset?: Long;
  readonly firstTimestamp?: Long;
  readonly maxTimestamp?: Long;
  readonly partitionLeaderEpoch?: number;
  readonly lastOffsetDelta?: number;
  readonly transactional?: boolean;
  readonly producerId?: Long;
  readonly producerEpoch?: number;
  readonly firstSequence?: number;
  readonly records?: readonly SizedRecord[];
}

/** As kafkajs's encoders are read by those that put them together. */
export interface EncodedBatch {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  size(): number;
}

/** Finds how records are compressed: kafkajs's own table, where users register codecs. */
export type FindCodec = (compression: number) => {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer> | Buffer;
};

const magic = 2;
const codecMask = 0x07;
const transactionalMask = 0x10;
const crcAt = 17;
const attributesAt = 21; // the checksum is that of all from here on
const lengthAt = 8;
const recordsAt = 61;

/** Makes the encoder of record batches of version 2 (KIP-98): the bytes that kafkajs would send, in one buffer of their size. */
export function recordBatchEncoder(findCodec: FindCodec): (batch: RecordBatchToEncode) => Promise<EncodedBatch> {
  return async (batch) => {
    const { records = [], compression = 0 } = batch;
    const size = records.reduce((sum, record) => sum + record.size, 0);
    const plain = Buffer.allocUnsafe(recordsAt + size);
    records.reduce((at, record) => record.writeTo(plain, at), recordsAt);
    if ((compression & codecMask) === 0) return finish(plain, batch);
    const compressed = await findCodec(compression).compress({ buffer: plain.subarray(recordsAt) });
    return finish(Buffer.concat([plain.subarray(0, recordsAt), compressed]), batch);
  };
}

/** Writes the head, once everything behind it is there. */
function finish(buf: Buffer, batch: RecordBatchToEncode): EncodedBatch {
  const { firstTimestamp = Date.now(), maxTimestamp = Date.now(), records = [], compression = 0 } = batch;
  buf.writeBigInt64BE(long(batch.firstOffset ?? 0), 0);
  buf.writeInt32BE(buf.length - lengthAt - 4, lengthAt);
  buf.writeInt32BE(batch.partitionLeaderEpoch ?? 0, 12);
  buf.writeInt8(magic, 16);
  buf.writeInt16BE((compression & codecMask) | (batch.transactional === true ? transactionalMask : 0), attributesAt);
  buf.writeInt32BE(batch.lastOffsetDelta ?? 0, 23);
  buf.writeBigInt64BE(long(firstTimestamp), 27);
  buf.writeBigInt64BE(long(maxTimestamp), 35);
  buf.writeBigInt64BE(long(batch.producerId ?? -1), 43);
  buf.writeInt16BE(batch.producerEpoch ?? 0, 51);
  buf.writeInt32BE(batch.firstSequence ?? 0, 53);
  buf.writeInt32BE(records.length, 57);
  buf.writeUInt32BE(crc32c(buf.subarray(attributesAt)), crcAt);
  return { buf, buffer: buf, size: () => buf.length };
}

function long(value: Long): bigint {
  return BigInt(String(value));
}
