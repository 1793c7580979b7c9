import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../src/records/decodeRecord.ts';
import { limits, origin, recordOf } from './recordOf.ts';

const decode = (value: unknown, headers?: Readonly<Record<string, string>>) =>
  decodeRecord(recordOf(value, headers), origin, limits);
const textOf = (tile: ReturnType<typeof decode>) =>
  'bytes' in tile.payload ? Buffer.from(tile.payload.bytes).toString() : undefined;

describe('an event in headers', () => {
  const headers = { ce_specversion: '1.0', ce_id: 'e1', ce_source: '/cam/ü', ce_type: 'tile.new' };

  it('gives the tile its id and keeps what it says about itself', () => {
    const tile = decode('hello', {
      ...headers,
      ce_subject: 's',
      ce_time: '2026-01-01T00:00:00Z',
      ce_orbit: '12',
      'content-type': 'image/x-raw',
    });
    expect(tile).toMatchObject({
      id: 'e1',
      contentType: 'image/x-raw',
      event: {
        source: '/cam/ü',
        type: 'tile.new',
        subject: 's',
        time: '2026-01-01T00:00:00Z',
        extensions: { orbit: '12' },
      },
    });
    expect(textOf(tile)).toBe('hello');
  });

  it('takes its data as they are, even where they look like a descriptor', () => {
    const body = '{"uri":"s3://bucket/key"}';
    const tile = decode(body, { ...headers, 'content-type': 'application/json' });
    expect(textOf(tile)).toBe(body);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no version', { ce_specversion: '' }, 'headers.ce_specversion must be 1.0, got ""'],
    ['another version', { ce_specversion: '0.3' }, 'headers.ce_specversion must be 1.0, got "0.3"'],
    ['an empty id', { ce_id: '' }, 'headers.ce_id must be a text that is not empty, got ""'],
    ['an empty type', { ce_type: '' }, 'headers.ce_type must be a text that is not empty, got ""'],
    ['an empty source', { ce_source: '' }, 'headers.ce_source must be a text that is not empty, got ""'],
  ])('is refused with %s', (_, broken, message) => {
    expect(() => decode('hello', { ...headers, ...broken })).toThrow(message);
  });

  it('is refused where a required header is missing', () => {
    expect(() => decode('hello', { ce_id: 'e1' })).toThrow('headers.ce_specversion is required');
    expect(() => decode('hello', { ce_specversion: '1.0', ce_id: 'e1', ce_type: 't' })).toThrow(
      'headers.ce_source is required',
    );
  });

  it('is refused where a header is not UTF-8', () => {
    const record = recordOf('hello', headers);
    const broken = { ...record, headers: [...record.headers, ['ce_id', Buffer.from([0xff])] as const] };
    expect(() => decodeRecord(broken, origin, limits)).toThrow('headers.ce_id must be UTF-8');
  });
});

describe('an event in JSON', () => {
  const event = { specversion: '1.0', id: 'e1', source: '/cam', type: 'tile.new' };
  const header = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

  it.each<[string, object, string, string]>([
    ['base64, sniffed', { data_base64: 'R0lGODlhAQABAA==' }, 'image/gif', 'GIF89a\u0001\0\u0001\0'],
    ['base64 of a type', { data_base64: 'aGVsbG8=', datacontenttype: 'text/plain' }, 'text/plain', 'hello'],
    ['JSON', { data: { a: [1, 2] } }, 'application/json', '{"a":[1,2]}'],
    ['JSON of a type', { data: 'x', datacontenttype: 'application/geo+json' }, 'application/geo+json', '"x"'],
    ['a text', { data: '<a/>', datacontenttype: 'text/xml' }, 'text/xml', '<a/>'],
    ['false', { data: false }, 'application/json', 'false'],
  ])('has data as %s', (_, data, contentType, text) => {
    const tile = decode({ ...event, ...data }, header);
    expect(tile).toMatchObject({ id: 'e1', contentType, event: { source: '/cam', type: 'tile.new' } });
    expect(textOf(tile)).toBe(text);
  });

  it('is told by its specversion where there are no headers', () => {
    const tile = decode({ ...event, data: 1, orbit: 12, daylight: true, subject: null, note: null });
    expect(tile.event).toEqual({ source: '/cam', type: 'tile.new', extensions: { orbit: 12, daylight: true } });
  });

  it.each<[string, object, string, string]>([
    ['no data', {}, 'RECORD_EMPTY', 'value.data must not be empty'],
    ['null data', { data: null }, 'RECORD_EMPTY', 'value.data must not be empty'],
    ['an empty text', { data: '' }, 'RECORD_EMPTY', 'value.data must not be empty'],
    ['empty base64', { data_base64: '' }, 'RECORD_EMPTY', 'value.data_base64 must not be empty'],
    ['data twice', { data: 1, data_base64: 'AA==' }, 'RECORD_INVALID', 'value.data_base64 must not stand beside data'],
    ['broken base64', { data_base64: '?' }, 'RECORD_INVALID', 'value.data_base64 must be base64, got "?"'],
    ['base64 of a number', { data_base64: 5 }, 'RECORD_INVALID', 'value.data_base64 must be a text of base64, got 5'],
    [
      'an object as text',
      { data: {}, datacontenttype: 'text/xml' },
      'RECORD_INVALID',
      'value.data must be a text where',
    ],
    [
      'a broken type',
      { data: 'a', datacontenttype: 'x' },
      'RECORD_INVALID',
      'value.datacontenttype must be a media type',
    ],
    ['another version', { specversion: 1, data: 1 }, 'RECORD_INVALID', 'value.specversion must be 1.0, got 1'],
    ['no id', { id: null, data: 1 }, 'RECORD_INVALID', 'value.id must be a text that is not empty, got null'],
    ['a nested attribute', { data: 1, x: {} }, 'RECORD_INVALID', 'value.x must be a text, a number or true/false'],
  ])('is refused with %s', (_, fields, code, message) => {
    expect(() => decode({ ...event, ...fields }, header)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it('is refused where the header promises it and the value is something else', () => {
    expect(() => decode('[]', header)).toThrow('value must be a JSON object, as its content type');
    expect(() => decode({ id: 'a' }, header)).toThrow('value.specversion is required');
    expect(() => decode('[]', { 'content-type': 'application/cloudevents-batch+json' })).toThrow(
      'value must not be application/cloudevents-batch+json',
    );
  });
});
