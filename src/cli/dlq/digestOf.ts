import { createHash } from 'node:crypto';
import type { OutRecord } from '../../ports/recordWriter.ts';

/** Names key and bytes of a record: two records with one name are the same record, as far as Kinesis can tell. */
export function digestOf({ key, value }: OutRecord): string {
  const hash = createHash('sha256').update(`${key?.byteLength ?? 0}:`);
  return hash
    .update(key ?? '')
    .update(value ?? '')
    .digest('base64url');
}
