import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import { buildEvent } from './buildEvent.ts';
import { contentTypeOf } from './contentTypeOf.ts';
import { textOf } from './findHeader.ts';

const PREFIX = 'ce_';
const CONTENT_TYPE = 'content-type';
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a CloudEvent in Kafka's binary mode: attributes in `ce_` headers, the value is the data.
 *
 * @throws RecordInvalidError `RECORD_INVALID`
 */
export function decodeBinaryEvent(headers: StreamRecord['headers'], value: Uint8Array): Tile {
  const attributes: Record<string, string> = {};
  let contentType: string | undefined;
  for (const [name, bytes] of headers) {
    const lower = name.toLowerCase();
    if (lower.startsWith(PREFIX)) attributes[lower.slice(PREFIX.length)] = utf8(bytes, name);
    else if (lower === CONTENT_TYPE) contentType = textOf(bytes);
  }
  return {
    ...buildEvent(attributes, (name) => `headers.${PREFIX}${name}`),
    payload: { bytes: value },
    contentType: contentTypeOf(contentType, `headers.${CONTENT_TYPE}`, value),
  };
}

function utf8(bytes: Uint8Array, name: string): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new RecordInvalidError('RECORD_INVALID', `headers.${name}`, 'must be UTF-8', undefined, { cause });
  }
}
