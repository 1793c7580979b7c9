import type { DecodeLimits } from '../../../src/records/decodeLimits.ts';
import type { Origin } from '../../../src/tile/origin.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';

export const origin: Origin = { stream: 'tiles', partition: '3', position: '42' };

export const limits: DecodeLimits = {
  maxRecordBytes: 16_777_216,
  maxImageDimension: 32_768,
  maxImagePixels: 268_435_456,
};

/** Builds a record of a text, bytes or an object to be JSON. */
export function recordOf(value: unknown, headers: Readonly<Record<string, string>> = {}): StreamRecord {
  return {
    key: null,
    value: bytesOf(value),
    headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
    timestampMs: 0,
  };
}

function bytesOf(value: unknown): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Builds the first 33 bytes of a PNG that claims a size. */
export function pngHeader(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt16BE(0x0802, 24);
  return bytes;
}
