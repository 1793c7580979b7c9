import { RecordInvalidError } from '../errors/recordInvalidError.ts';

const OBJECT_URI = /^s3:\/\/[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?\/[^\p{Cc}]{1,1024}$/u;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/**
 * Refuses a payload's URI that is not an object's; whether its bucket may be read is decided by who reads it.
 *
 * @throws RecordInvalidError `URI_NOT_ALLOWED` for another scheme, `RECORD_INVALID` for what is no URI of an object.
 */
export function checkObjectUri(uri: string, field: string): void {
  if (OBJECT_URI.test(uri)) return;
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase();
  // Only the scheme is shown: what follows may hold a password or a signature.
  if (scheme !== undefined && scheme !== 's3') {
    throw new RecordInvalidError('URI_NOT_ALLOWED', field, 'must be an s3://bucket/key URI', `${scheme}:…`);
  }
  throw new RecordInvalidError('RECORD_INVALID', field, 'must be an s3://bucket/key URI', uri.slice(0, 120));
}
