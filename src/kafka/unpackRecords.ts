import { ByteFeed } from './byteFeed.ts';
import { type DecodedRecord, decodeRecord } from './decodeRecord.ts';
import type { PackedRecords } from './packedRecords.ts';
import { unpackInParts } from './unpackInParts.ts';
import { wireCodec } from './wireCodec.ts';

/** How much is unpacked. */
export interface UnpackOptions {
  /** Offset of the first record that is wanted. */
  readonly from: bigint;
  /** Room for records, in bytes with what their objects take. */
  readonly roomBytes: number;
  /** Takes the first record even where there is no room: else one larger than any room would never come. */
  readonly atLeastOne: boolean;
}

/** What was unpacked. */
export interface Unpacked {
  readonly records: DecodedRecord[];
  /** What they take of the room. */
  readonly bytes: number;
  /** The last record before those that are wanted. */
  readonly passed: DecodedRecord | undefined;
  /** False where records are left, for want of room. */
  readonly isWhole: boolean;
}

const recordOverheadBytes = 512; // objects that kafkajs wants around a record; bounds the number of tiny ones
const mostVarIntBytes = 5;

/**
 * Unpacks the records of a compressed batch from an offset on, as many as there is room for.
 *
 * @throws Error that tells the batch's first offset, when it is not what its head says.
 */
export async function unpackRecords({ parts }: PackedRecords, options: UnpackOptions): Promise<Unpacked> {
  const { codec, count, bytes: packed, context } = parts;
  const { from, roomBytes, atLeastOne } = options;
  const feed = new ByteFeed(unpackInParts(codec, packed));
  const records: DecodedRecord[] = [];
  let passed: DecodedRecord | undefined;
  let used = 0;
  try {
    for (let left = count; left > 0; left--) {
      if (feed.ready < mostVarIntBytes) await feed.fill(mostVarIntBytes);
      const length = readVarInt(feed);
      const bytes = length + recordOverheadBytes;
      const fits = used + bytes <= roomBytes || (atLeastOne && records.length === 0);
      if (!fits && records.length > 0) return { records, bytes: used, passed, isWhole: false }; // before its bytes are unpacked
      const body = feed.ready < length ? await feed.gather(length) : feed.take(length);
      const record = decodeRecord(wireCodec.decoder(body), context);
      if (BigInt(record.offset) < from) {
        passed = record;
        continue;
      }
      if (!fits) return { records, bytes: used, passed, isWhole: false };
      records.push(record);
      used += bytes;
    }
    return { records, bytes: used, passed, isWhole: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the batch at offset ${context.firstOffset} cannot be unpacked: ${reason}`, { cause: error });
  } finally {
    await feed.close();
  }
}

function readVarInt(feed: ByteFeed): number {
  let value = 0;
  for (let shift = 0; shift < 7 * mostVarIntBytes; shift += 7) {
    const [byte] = feed.take(1);
    if (byte === undefined) throw new RangeError('it has fewer records than its head says');
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
  }
  throw new RangeError('the length of a record is no number');
}
