import type { StreamRecord } from '../tile/streamRecord.ts';

/**
 * Finds a header's text; the last one wins where a name stands more than once.
 *
 * @param name - In lower case; the record's own case does not matter.
 */
export function findHeader(headers: StreamRecord['headers'], name: string): string | undefined {
  for (let i = headers.length - 1; i >= 0; i--) {
    const header = headers[i];
    if (header === undefined || header[0].length !== name.length) continue;
    if (header[0] === name || header[0].toLowerCase() === name) return textOf(header[1]);
  }
  return undefined;
}

/** Reads a header's bytes as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}
