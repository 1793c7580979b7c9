import type { DeadLetter } from '../../records/deadLetter.ts';
import { findHeader } from '../../records/findHeader.ts';
import { originName } from '../../records/originName.ts';
import { recordForm } from '../../records/recordForm.ts';

/** Finds the id of a tile that may be none: what is wrong with the rest of the record does not matter. */
export function tileIdOf({ original, origin, timeMs }: DeadLetter): string {
  const header = findHeader(original.headers, 'ce_id');
  if (header !== undefined && header !== '') return header;
  const form = recordForm({ ...original, timestampMs: timeMs });
  const id = form.kind === 'structured' || form.kind === 'descriptor' ? form.json['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : originName(origin);
}
