import type { OutRecord } from '../ports/recordWriter.ts';
import { type DeadLetterOptions, type DeadTile, encodeDeadLetter } from './encodeDeadLetter.ts';

/** Bytes of a record in one event: as base64, beside the facts, they stay below the 1 MiB that a Kinesis stream takes. */
const maxPartBytes = 720_000;

/**
 * Lays a refused record into dead letters in structured mode: one event, or several where one would be too large to write. What
 * was read must be writable, or a single large record would hold the pipeline up for ever.
 */
export function encodeDeadEvents(dead: DeadTile, options: DeadLetterOptions): OutRecord[] {
  const { record } = dead;
  const { value } = record;
  if (value === null || value.byteLength <= maxPartBytes) return [encodeDeadLetter('structured', dead, options)];
  const count = Math.ceil(value.byteLength / maxPartBytes);
  return Array.from({ length: count }, (_, i) => {
    const bytes = value.subarray(i * maxPartBytes, (i + 1) * maxPartBytes);
    const part = { number: i + 1, count };
    return encodeDeadLetter('structured', { ...dead, record: { ...record, value: bytes } }, { ...options, part });
  });
}
