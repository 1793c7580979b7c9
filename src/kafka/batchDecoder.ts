import { PackedRecords } from './packedRecords.ts';
import { type WireDecoder, wireCodec } from './wireCodec.ts';

/** Decodes the batch of version 2 (KIP-98) at a decoder's place, and goes past it. */
export type DecodeBatch = (decoder: WireDecoder) => Promise<{ readonly records: readonly unknown[] }>;

const lengthAt = 8;
const headBytes = 12; // the length counts what comes behind it
const attributesAt = 21;
const codecMask = 0x07;
const appendTimeMask = 0x08;
const transactionalMask = 0x10;
const controlMask = 0x20;

/** Makes a decoder that leaves compressed batches packed, and others to the client's own. */
export function batchDecoder(theirs: DecodeBatch): DecodeBatch {
  return async (decoder) => {
    const { buffer, offset } = decoder;
    const codec = buffer.readInt16BE(offset + attributesAt) & codecMask;
    const bytes = headBytes + buffer.readInt32BE(offset + lengthAt);
    const isCut = buffer.length - offset < bytes; // the last of a fetch may be: theirs tells that
    if (codec === 0 || isCut) return theirs(decoder);
    return { records: [readPacked(decoder.readBytes(bytes), codec)] };
  };
}

function readPacked(batch: Buffer, codec: number): PackedRecords {
  const head = wireCodec.decoder(batch);
  const firstOffset = String(head.readInt64());
  head.readInt32(); // length
  const partitionLeaderEpoch = head.readInt32();
  const magicByte = head.readInt8();
  head.readInt32(); // checksum
  const attributes = head.readInt16();
  const context = {
    firstOffset,
    partitionLeaderEpoch,
    magicByte,
    inTransaction: (attributes & transactionalMask) > 0,
    isControlBatch: (attributes & controlMask) > 0,
    timestampType: (attributes & appendTimeMask) > 0 ? 1 : 0,
    lastOffsetDelta: head.readInt32(),
    firstTimestamp: String(head.readInt64()),
    maxTimestamp: String(head.readInt64()),
    producerId: String(head.readInt64()),
    producerEpoch: head.readInt16(),
    firstSequence: head.readInt32(),
  };
  return new PackedRecords({ codec, count: head.readInt32(), bytes: batch.subarray(head.offset), context });
}
