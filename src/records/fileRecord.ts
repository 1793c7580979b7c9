import type { OutRecord } from '../ports/recordWriter.ts';
import { contentTypeOf } from './contentTypeOf.ts';
import { toHeaders } from './toHeaders.ts';

/** A file as a payload. */
export interface FileFacts {
  /** Becomes the tile's id. */
  readonly name: string;
  /** Folder it lies in. */
  readonly folder: string;
  /** When it was last changed, in milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly bytes: Uint8Array;
}

/** Lays a file into a record, as a CloudEvent of type `swath.tile.file` in binary mode: the value is the file, byte for byte. */
export function fileRecord({ name, folder, modifiedMs, bytes }: FileFacts): OutRecord {
  const headers = toHeaders({
    ce_specversion: '1.0',
    ce_id: name,
    ce_source: encodeURI(folder),
    ce_type: 'swath.tile.file',
    ce_time: new Date(modifiedMs).toISOString(),
    'content-type': contentTypeOf(undefined, 'content-type', bytes),
  });
  return { key: Buffer.from(name), value: bytes, headers };
}
