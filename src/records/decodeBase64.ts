import { RecordInvalidError } from '../errors/recordInvalidError.ts';

/**
 * Decodes base64 of RFC 4648 §4, padded, without white space.
 *
 * Node's decoder skips what it does not know and takes the URL alphabet too, so its answer counts only when it has the
 * length the text promises.
 *
 * @throws RecordInvalidError `RECORD_INVALID` when the text is anything else.
 */
export function decodeBase64(text: string, field: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  const isWhole = text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding;
  if (!isWhole || text.includes('-') || text.includes('_')) {
    throw new RecordInvalidError('RECORD_INVALID', field, 'must be base64', text.slice(0, 40));
  }
  return bytes;
}
