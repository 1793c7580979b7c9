import type { OutRecord } from '../ports/recordWriter.ts';
import type { Origin } from '../tile/origin.ts';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import type { EventMode } from './eventMode.ts';
import { eventSource } from './eventSource.ts';
import { isJsonType } from './mediaType.ts';
import { originPath } from './originName.ts';
import { repeatedBytes } from './repeatedBytes.ts';

/** What a pipeline found out about a tile, on its way to an output. */
export interface TileResult {
  /** Name of the pipeline; the event's source is `/swath/<pipeline>`. */
  readonly pipeline: string;
  /** The tile's id: the event's id and the record's key. */
  readonly id: string;
  readonly origin: Origin;
  /** When the result was there, in milliseconds since the epoch. */
  readonly timeMs: number;
  /** Bytes are written as they are, anything else as JSON. */
  readonly value: unknown;
  /** Media type of `value`. Default: `application/octet-stream` for bytes, `application/json` else. */
  readonly contentType?: string | undefined;
  readonly carrier?: TraceCarrier | undefined;
}

/**
 * Lays a result into a record, as a CloudEvent of type `swath.tile.result`.
 *
 * In structured mode a JSON value stands in `data`, byte for byte, anything else in `data_base64`.
 *
 * @throws TypeError when the value is neither bytes nor something JSON can say.
 */
export function encodeResult(mode: EventMode, result: TileResult): OutRecord {
  const { value, origin, carrier } = result;
  const bytes = bytesOf(value);
  const contentType =
    result.contentType ?? (value instanceof Uint8Array ? 'application/octet-stream' : 'application/json');
  const key = Buffer.from(result.id);
  const source = eventSource(result.pipeline);
  const time = timeOf(result.timeMs);
  const subject = originPath(origin);
  if (mode === 'binary') {
    const headers: [string, Uint8Array][] = [
      ['ce_specversion', repeatedBytes('1.0')],
      ['ce_id', key],
      ['ce_source', repeatedBytes(source)],
      ['ce_type', repeatedBytes('swath.tile.result')],
      ['ce_subject', Buffer.from(subject)],
      ['ce_time', Buffer.from(time)],
      ['content-type', repeatedBytes(contentType)],
    ];
    if (carrier?.traceparent !== undefined) headers.push(['traceparent', Buffer.from(carrier.traceparent)]);
    if (carrier?.tracestate !== undefined) headers.push(['tracestate', Buffer.from(carrier.tracestate)]);
    return { key, value: bytes, headers };
  }
  const head = {
    specversion: '1.0',
    id: result.id,
    source,
    type: 'swath.tile.result',
    subject,
    time,
    datacontenttype: contentType,
    ...carrier,
  };
  return { key, value: envelop(head, bytes, contentType), headers: [] };
}

let lastTime = { ms: Number.NaN, text: '' };

/** RFC 3339; the results of a batch are of the same few milliseconds. */
function timeOf(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a result must be bytes or JSON, got ${typeof value}`);
  return Buffer.from(text);
}

/** Splices the data into the event's text: parsing and printing JSON again would change numbers and spaces. */
function envelop(head: object, bytes: Uint8Array, contentType: string): Uint8Array {
  const open = JSON.stringify(head).slice(0, -1);
  if (isJsonType(contentType) && isJson(bytes)) {
    return Buffer.concat([Buffer.from(`${open},"data":`), bytes, Buffer.from('}')]);
  }
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return Buffer.from(`${open},"data_base64":"${base64}"}`);
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
