import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import { isMediaType } from './mediaType.ts';
import { sniffContentType } from './sniffContentType.ts';

const UNKNOWN = 'application/octet-stream';

/**
 * Decides a payload's media type: the one given, else the one its first bytes show, else `application/octet-stream`.
 *
 * @throws RecordInvalidError `RECORD_INVALID` when the given one is no media type.
 */
export function contentTypeOf(given: string | undefined, field: string, bytes: Uint8Array): string {
  if (given === undefined || given === '') return sniffContentType(bytes) ?? UNKNOWN;
  if (isMediaType(given)) return given;
  throw new RecordInvalidError('RECORD_INVALID', field, 'must be a media type', given);
}
