import type { OutRecord } from '../ports/recordWriter.ts';

/** More bytes than any broker takes: it closes the connection on a request of more than 104,857,600. */
export const maxRecordBytes = 100_000_000;

const recordOverheadBytes = 24;

/** About how many bytes a record takes in a batch. */
export function recordSize({ key, value, headers }: OutRecord): number {
  let bytes = recordOverheadBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength + 8;
  return bytes;
}
