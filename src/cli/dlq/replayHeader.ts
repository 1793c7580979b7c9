import { findHeader } from '../../records/findHeader.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';

/** Header of a replayed record that counts its replays; a dead letter keeps it, as it keeps all headers. */
export const REPLAYS_HEADER = 'swath-replays';

/** How often a record was replayed, as its header says; 0 where it says nothing that can be read. */
export function replaysOf(headers: StreamRecord['headers']): number {
  const text = findHeader(headers, REPLAYS_HEADER);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
