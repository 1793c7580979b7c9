import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { Tile } from '../tile/tile.ts';
import { buildEvent } from './buildEvent.ts';
import { contentTypeOf } from './contentTypeOf.ts';
import { decodeBase64 } from './decodeBase64.ts';
import { isJsonType } from './mediaType.ts';
import type { JsonObject } from './recordForm.ts';
import { optionalText } from './requireText.ts';

const CONTENT_TYPE = 'value.datacontenttype';

/**
 * Reads a CloudEvent in JSON format. Its data becomes the payload: `data_base64` decoded, JSON data as JSON, a text of
 * another content type as UTF-8.
 *
 * @throws RecordInvalidError `RECORD_INVALID`, `RECORD_EMPTY` when there are no data.
 */
export function decodeStructuredEvent(json: JsonObject): Tile {
  const head = buildEvent(json, (name) => `value.${name}`);
  const given = optionalText(json['datacontenttype'] ?? undefined, CONTENT_TYPE);
  const { data, data_base64: base64 } = json;
  const hasData = data !== undefined && data !== null;
  const hasBase64 = base64 !== undefined && base64 !== null;
  if (hasData && hasBase64) {
    throw new RecordInvalidError('RECORD_INVALID', 'value.data_base64', 'must not stand beside data');
  }
  if ((!hasData && !hasBase64) || data === '' || base64 === '') {
    throw new RecordInvalidError(
      'RECORD_EMPTY',
      base64 === '' ? 'value.data_base64' : 'value.data',
      'must not be empty',
    );
  }
  if (hasBase64) {
    if (typeof base64 !== 'string') {
      throw new RecordInvalidError('RECORD_INVALID', 'value.data_base64', 'must be a text of base64', base64);
    }
    const bytes = decodeBase64(base64, 'value.data_base64');
    return { ...head, payload: { bytes }, contentType: contentTypeOf(given, CONTENT_TYPE, bytes) };
  }
  const bytes = Buffer.from(textOfData(data, given));
  return { ...head, payload: { bytes }, contentType: contentTypeOf(given ?? 'application/json', CONTENT_TYPE, bytes) };
}

function textOfData(data: unknown, contentType: string | undefined): string {
  if (contentType === undefined || isJsonType(contentType)) return printed(data);
  if (typeof data === 'string') return data;
  throw new RecordInvalidError(
    'RECORD_INVALID',
    'value.data',
    `must be a text where the content type is ${contentType}`,
  );
}

function printed(data: unknown): string {
  try {
    return JSON.stringify(data);
  } catch (cause) {
    // What can be parsed can be nested too deeply to be printed.
    throw new RecordInvalidError('RECORD_INVALID', 'value.data', 'must not be nested so deeply', undefined, { cause });
  }
}
