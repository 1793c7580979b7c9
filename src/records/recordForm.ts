import type { StreamRecord } from '../tile/streamRecord.ts';
import { findHeader } from './findHeader.ts';
import { essenceOf, isJsonType } from './mediaType.ts';

/** A JSON object, its fields not yet looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Which of the forms of a tile a record has. */
export type RecordForm =
  | { readonly kind: 'plain' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'structured' | 'descriptor'; readonly json: JsonObject }
  | { readonly kind: 'broken' /** Without parameters. */; readonly contentType: string };

const PLAIN: RecordForm = { kind: 'plain' };
const BINARY: RecordForm = { kind: 'binary' };
const EVENT_TYPE = 'application/cloudevents+json';

/** Trace context is asked for before the tile, by the same record: its JSON is parsed once for both. */
const parsed = new WeakMap<StreamRecord, RecordForm>();

/**
 * Tells a record's form by its headers and content.
 *
 * In this order: a content type of structured CloudEvents; any `ce_` header (binary CloudEvent); a value that starts with
 * `{`, is a JSON object and has no content type but `application/json` (with `specversion` a structured CloudEvent, else
 * a tile descriptor); plain bytes. `broken` is a value that says of itself to be JSON and is not.
 */
export function recordForm(record: StreamRecord): RecordForm {
  const { value, headers } = record;
  if (value === null || value.length === 0) return PLAIN;
  const contentType = headers.length === 0 ? undefined : findHeader(headers, 'content-type');
  const essence = contentType === undefined ? '' : essenceOf(contentType);
  if (essence.startsWith('application/cloudevents')) {
    return essence === EVENT_TYPE ? jsonForm(record, value, contentType) : { kind: 'broken', contentType: essence };
  }
  if (hasEventHeader(headers)) return BINARY;
  if (!startsWithBrace(value) || (essence !== '' && essence !== 'application/json')) return PLAIN;
  return jsonForm(record, value, contentType);
}

function jsonForm(record: StreamRecord, value: Uint8Array, contentType: string | undefined): RecordForm {
  const known = parsed.get(record);
  if (known !== undefined) return known;
  const form = parse(value, contentType);
  parsed.set(record, form);
  return form;
}

function parse(value: Uint8Array, contentType: string | undefined): RecordForm {
  const json = parseJsonObject(value);
  if (json === undefined) {
    return contentType !== undefined && isJsonType(contentType)
      ? { kind: 'broken', contentType: essenceOf(contentType) }
      : PLAIN;
  }
  const isEvent =
    Object.hasOwn(json, 'specversion') || (contentType !== undefined && essenceOf(contentType) === EVENT_TYPE);
  return { kind: isEvent ? 'structured' : 'descriptor', json };
}

/** Reads a value as a JSON object; `undefined` for anything else, invalid UTF-8 included. */
export function parseJsonObject(value: Uint8Array): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function hasEventHeader(headers: StreamRecord['headers']): boolean {
  for (const [name] of headers) if (/^ce_/i.test(name)) return true;
  return false;
}

/** White space may stand before the brace, as pretty printers and line-wise producers leave it. */
function startsWithBrace(value: Uint8Array): boolean {
  let at = 0;
  let first = value[at];
  while (first === 0x20 || first === 0x0a || first === 0x0d || first === 0x09) first = value[++at];
  return first === 0x7b;
}
