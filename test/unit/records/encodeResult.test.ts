import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../../../src/ports/recordWriter.ts';
import { decodeRecord } from '../../../src/records/decodeRecord.ts';
import { encodeResult, type TileResult } from '../../../src/records/encodeResult.ts';
import { findHeader } from '../../../src/records/findHeader.ts';
import { limits, origin } from './recordOf.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const result: TileResult = {
  pipeline: 'kafka-infer',
  id: 'tile-1',
  origin,
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  value: { a: 1 },
  carrier: { traceparent },
};
const textsOf = (record: OutRecord) =>
  Object.fromEntries(record.headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
const read = (record: OutRecord) => decodeRecord({ ...record, timestampMs: 0 }, origin, limits);

describe('a result', () => {
  it('stands in headers beside its value', () => {
    const record = encodeResult('binary', result);
    expect(Buffer.from(record.key ?? []).toString()).toBe('tile-1');
    expect(Buffer.from(record.value ?? []).toString()).toBe('{"a":1}');
    expect(textsOf(record)).toEqual({
      ce_specversion: '1.0',
      ce_id: 'tile-1',
      ce_source: '/swath/kafka-infer',
      ce_type: 'swath.tile.result',
      ce_subject: 'tiles/3/42',
      ce_time: '2026-01-02T03:04:05.006Z',
      'content-type': 'application/json',
      traceparent,
    });
  });

  it('stands in one JSON text where records have no headers', () => {
    const record = encodeResult('structured', { ...result, carrier: { traceparent, tracestate: 'a=b' } });
    expect(record.headers).toEqual([]);
    expect(JSON.parse(Buffer.from(record.value ?? []).toString())).toEqual({
      specversion: '1.0',
      id: 'tile-1',
      source: '/swath/kafka-infer',
      type: 'swath.tile.result',
      subject: 'tiles/3/42',
      time: '2026-01-02T03:04:05.006Z',
      datacontenttype: 'application/json',
      traceparent,
      tracestate: 'a=b',
      data: { a: 1 },
    });
  });

  it('keeps the bytes of a JSON answer, spaces and long numbers included', () => {
    const value = Buffer.from('{ "area": 12345678901234567890.10 }');
    const record = encodeResult('structured', { ...result, value, contentType: 'application/geo+json' });
    expect(Buffer.from(record.value ?? []).toString()).toContain('"data":{ "area": 12345678901234567890.10 }}');
  });

  it.each([
    ['bytes', new Uint8Array([1, 2]), undefined, 'AQI='],
    ['bytes that only call themselves JSON', Buffer.from('{'), 'application/json', 'ew=='],
    ['JSON under another type', Buffer.from('{}'), 'text/plain', 'e30='],
    ['nothing', new Uint8Array(0), 'application/json', ''],
  ])('goes into base64 where it is no JSON: %s', (_, value, contentType, base64) => {
    const record = encodeResult('structured', { ...result, value, contentType });
    const json = JSON.parse(Buffer.from(record.value ?? []).toString()) as Record<string, unknown>;
    expect(json['data_base64']).toBe(base64);
    expect(json).not.toHaveProperty('data');
    expect(json['datacontenttype']).toBe(contentType ?? 'application/octet-stream');
  });

  it('is written as it is where it is bytes', () => {
    const value = new Uint8Array([1, 2]);
    expect(encodeResult('binary', { ...result, value }).value).toBe(value);
  });

  it('has a source that is a URI reference, whatever the pipeline is called', () => {
    const record = encodeResult('binary', { ...result, pipeline: 'räume & mehr' });
    expect(findHeader(record.headers, 'ce_source')).toBe('/swath/r%C3%A4ume%20%26%20mehr');
  });

  it('must be bytes or JSON', () => {
    expect(() => encodeResult('binary', { ...result, value: undefined })).toThrow('bytes or JSON, got undefined');
  });

  it('reads back as the tile it came from, any id and any bytes', () => {
    const id = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed());
    const value = fc.uint8Array({ minLength: 1 });
    const mode = fc.constantFrom('binary' as const, 'structured' as const);
    fc.assert(
      fc.property(mode, id, value, (eventMode, tileId, bytes) => {
        const record = encodeResult(eventMode, { ...result, id: tileId, value: bytes, contentType: 'image/x-raw' });
        const tile = read(record);
        expect(tile.id).toBe(tileId);
        expect(Buffer.from(record.key ?? []).toString()).toBe(tileId);
        expect('bytes' in tile.payload && Buffer.compare(tile.payload.bytes, bytes)).toBe(0);
        expect(tile).toMatchObject({
          contentType: 'image/x-raw',
          event: { type: 'swath.tile.result', subject: 'tiles/3/42' },
        });
      }),
    );
  });

  it('reads back as the JSON it was', () => {
    fc.assert(
      fc.property(fc.constantFrom('binary' as const, 'structured' as const), fc.jsonValue(), (mode, value) => {
        fc.pre(value !== '' && value !== null); // an event without data is no tile
        const { payload } = read(encodeResult(mode, { ...result, value }));
        expect('bytes' in payload && JSON.parse(Buffer.from(payload.bytes).toString())).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });
});
