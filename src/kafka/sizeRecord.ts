import { repeatedBytes } from '../records/repeatedBytes.ts';

type Content = Buffer | string | null | undefined;

/** What kafkajs wants encoded: a message, with its place in the batch. */
export interface RecordToEncode {
  readonly offsetDelta?: number;
  /** Milliseconds since the first record of the batch. */
  readonly timestampDelta?: number;
  readonly key?: Content;
  readonly value?: Content;
  readonly headers?: Readonly<Record<string, Content | Content[]>>;
}

/** A record whose size is known, to be written into a batch. */
export interface SizedRecord {
  /** Bytes it takes, its own length included. */
  readonly size: number;
  /** Writes it at an index; answers the index behind it. */
  writeTo(buf: Buffer, at: number): number;
}

/**
 * Prepares one record of a record batch of version 2 (KIP-98) in the form that kafkajs gives it, byte for byte.
 *
 * kafkajs makes a buffer of 512 bytes for each record and each header, and one for each number; a CloudEvent in binary mode has eight
 * headers. Here the whole batch is one buffer.
 */
export function sizeRecord({
  offsetDelta = 0,
  timestampDelta = 0,
  key,
  value,
  headers = {},
}: RecordToEncode): SizedRecord {
  const pairs = pairsOf(headers);
  const keyBytes = bytesOf(key);
  const valueBytes = bytesOf(value);
  let body = 1 + sizeOfLong(timestampDelta) + sizeOfInt(offsetDelta) + sizeOfBytes(keyBytes) + sizeOfBytes(valueBytes);
  body += sizeOfInt(pairs.length);
  for (const { name, bytes } of pairs) body += sizeOfBytes(name) + sizeOfBytes(bytes);
  return {
    size: sizeOfInt(body) + body,
    writeTo(buf, from) {
      let at = writeInt(buf, body, from);
      buf[at++] = 0; // attributes: none are defined
      at = writeLong(buf, timestampDelta, at);
      at = writeInt(buf, offsetDelta, at);
      at = writeBytes(buf, keyBytes, at);
      at = writeBytes(buf, valueBytes, at);
      at = writeInt(buf, pairs.length, at);
      for (const { name, bytes } of pairs) at = writeBytes(buf, bytes, writeBytes(buf, name, at));
      return at;
    },
  };
}

interface Pair {
  readonly name: Buffer;
  readonly bytes: Buffer | null;
}

function pairsOf(headers: NonNullable<RecordToEncode['headers']>): Pair[] {
  const pairs: Pair[] = [];
  for (const name of Object.keys(headers)) {
    const content = headers[name];
    if (Array.isArray(content))
      for (const one of content) pairs.push({ name: repeatedBytes(name), bytes: bytesOf(one) });
    else pairs.push({ name: repeatedBytes(name), bytes: bytesOf(content) });
  }
  return pairs;
}

function bytesOf(content: Content): Buffer | null {
  if (content === null || content === undefined) return null;
  return Buffer.isBuffer(content) ? content : Buffer.from(String(content));
}

/** Zigzag: small numbers of either sign become small ones without. */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function sizeOfInt(value: number): number {
  const bits = 32 - Math.clz32(zigzag(value));
  return Math.max(1, Math.ceil(bits / 7));
}

function writeInt(buf: Buffer, value: number, from: number): number {
  let rest = zigzag(value);
  let at = from;
  for (; rest > 0x7f; rest >>>= 7) buf[at++] = (rest & 0x7f) | 0x80;
  buf[at++] = rest;
  return at;
}

/** As an integer of 64 bits: timestamps given by the user may be a month apart. */
function sizeOfLong(value: number): number {
  if (value === (value | 0)) return sizeOfInt(value);
  let size = 1;
  for (let rest = zigzagLong(value); rest > 0x7fn; rest >>= 7n) size += 1;
  return size;
}

function writeLong(buf: Buffer, value: number, from: number): number {
  if (value === (value | 0)) return writeInt(buf, value, from);
  let at = from;
  let rest = zigzagLong(value);
  for (; rest > 0x7fn; rest >>= 7n) buf[at++] = Number(rest & 0x7fn) | 0x80;
  buf[at++] = Number(rest);
  return at;
}

function zigzagLong(value: number): bigint {
  const long = BigInt(Math.trunc(value));
  return BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfInt(bytes.length) + bytes.length;
}

function writeBytes(buf: Buffer, bytes: Buffer | null, from: number): number {
  if (bytes === null) return writeInt(buf, -1, from);
  const at = writeInt(buf, bytes.length, from);
  buf.set(bytes, at);
  return at + bytes.length;
}
