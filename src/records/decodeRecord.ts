import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { Origin } from '../tile/origin.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import { contentTypeOf } from './contentTypeOf.ts';
import { decodeBinaryEvent } from './decodeBinaryEvent.ts';
import { decodeDescriptor } from './decodeDescriptor.ts';
import type { DecodeLimits } from './decodeLimits.ts';
import { decodeStructuredEvent } from './decodeStructuredEvent.ts';
import { findHeader } from './findHeader.ts';
import { guardPayload } from './guardPayload.ts';
import { originName } from './originName.ts';
import { recordForm } from './recordForm.ts';

/**
 * Reads a record as a tile: a CloudEvent 1.0 (binary or structured), a JSON tile descriptor, or plain bytes.
 *
 * The payload of the plain and the binary form is the record's value itself, not a copy: a copy of each
 * would double the memory that tiles take, for the few stages that write to it. The payload of a CloudEvent is
 * its data as it is, even where that looks like a descriptor: an event has its own id and type.
 *
 * @throws RecordInvalidError which names the field, the rule and the value.
 */
export function decodeRecord(record: StreamRecord, origin: Origin, limits: DecodeLimits): Tile {
  const { value, key } = record;
  if (value === null) throw new RecordInvalidError('RECORD_EMPTY', 'value', 'must not be null');
  if (value.length === 0) throw new RecordInvalidError('RECORD_EMPTY', 'value', 'must not be empty');
  if (value.length > limits.maxRecordBytes) {
    const rule = `must have at most ${limits.maxRecordBytes} bytes (maxRecordBytes)`;
    throw new RecordInvalidError('RECORD_TOO_LARGE', 'value', rule, value.length);
  }
  const tile = decodeValue(record, value, origin);
  if ('bytes' in tile.payload) guardPayload(tile.payload.bytes, 'payload', limits);
  return key === null ? tile : { ...tile, key };
}

function decodeValue(record: StreamRecord, value: Uint8Array, origin: Origin): Tile {
  const form = recordForm(record);
  switch (form.kind) {
    case 'binary':
      return decodeBinaryEvent(record.headers, value);
    case 'structured':
      return decodeStructuredEvent(form.json);
    case 'descriptor':
      return decodeDescriptor(form.json, origin);
    case 'broken':
      throw new RecordInvalidError('RECORD_INVALID', 'value', brokenRule(form.contentType));
    case 'plain': {
      const contentType = contentTypeOf(findHeader(record.headers, 'content-type'), 'headers.content-type', value);
      return { id: originName(origin), payload: { bytes: value }, contentType };
    }
  }
}

function brokenRule(contentType: string): string {
  return contentType.startsWith('application/cloudevents') && contentType !== 'application/cloudevents+json'
    ? `must not be ${contentType}: events come one to a record, as application/cloudevents+json or in headers`
    : `must be a JSON object, as its content type ${contentType} says`;
}
