import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { Origin } from '../tile/origin.ts';
import type { Tile } from '../tile/tile.ts';
import { checkObjectUri } from './checkObjectUri.ts';
import { contentTypeOf } from './contentTypeOf.ts';
import { decodeBase64 } from './decodeBase64.ts';
import { originName } from './originName.ts';
import { readBounds, readOffset } from './readPlace.ts';
import type { JsonObject } from './recordForm.ts';
import { optionalText, requireText } from './requireText.ts';

const FIELDS = [
  'id',
  'uri',
  'data_base64',
  'contentType',
  'bounds',
  'crs',
  'offset',
  'scene',
  'traceparent',
  'tracestate',
];

/** Characters of an unknown field's name that a message shows. */
const MAX_NAME = 60;

/** Media types by the ending of an object's key, for a descriptor that does not say. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  jp2: 'image/jp2',
  json: 'application/json',
};

/**
 * Reads a JSON tile descriptor: a payload inline (`data_base64`) or by `uri`, and where it belongs. Unknown fields are
 * refused. Trace context in it is never a reason to refuse it.
 *
 * @throws RecordInvalidError `RECORD_INVALID`, `RECORD_EMPTY`, `URI_NOT_ALLOWED`
 */
export function decodeDescriptor(json: JsonObject, origin: Origin): Tile {
  for (const name of Object.keys(json)) {
    if (FIELDS.includes(name)) continue;
    throw new RecordInvalidError(
      'RECORD_INVALID',
      `value.${name.slice(0, MAX_NAME)}`,
      `is unknown; known are ${FIELDS.join(', ')}`,
    );
  }
  const crs = optionalText(json['crs'], 'value.crs');
  const scene = optionalText(json['scene'], 'value.scene');
  const bounds = readBounds(json['bounds'], crs);
  const offset = readOffset(json['offset']);
  return {
    id: optionalText(json['id'], 'value.id') ?? originName(origin),
    ...readPayload(json),
    ...(bounds === undefined ? {} : { bounds }),
    ...(crs === undefined ? {} : { crs }),
    ...(offset === undefined ? {} : { offset }),
    ...(scene === undefined ? {} : { scene }),
  };
}

function readPayload({ uri, data_base64: base64, contentType }: JsonObject): Pick<Tile, 'payload' | 'contentType'> {
  const given = optionalText(contentType, 'value.contentType');
  if ((uri === undefined) === (base64 === undefined)) {
    throw new RecordInvalidError('RECORD_INVALID', 'value', 'must have either uri or data_base64');
  }
  if (uri !== undefined) {
    const text = requireText(uri, 'value.uri');
    checkObjectUri(text, 'value.uri');
    const ending = text.slice(text.lastIndexOf('.') + 1).toLowerCase();
    const known = given ?? (Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined);
    return { payload: { uri: text }, contentType: contentTypeOf(known, 'value.contentType', NO_BYTES) };
  }
  if (base64 === '') throw new RecordInvalidError('RECORD_EMPTY', 'value.data_base64', 'must not be empty');
  const bytes = decodeBase64(requireText(base64, 'value.data_base64'), 'value.data_base64');
  return { payload: { bytes }, contentType: contentTypeOf(given, 'value.contentType', bytes) };
}

const NO_BYTES = new Uint8Array(0);
