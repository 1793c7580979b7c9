import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordInvalidError } from '../../../src/errors/recordInvalidError.ts';
import { decodeRecord } from '../../../src/records/decodeRecord.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { limits, origin, pngHeader, recordOf } from './recordOf.ts';

const decode = (record: StreamRecord) => decodeRecord(record, origin, limits);

function refusal(record: StreamRecord): RecordInvalidError {
  try {
    decode(record);
  } catch (error) {
    if (error instanceof RecordInvalidError) return error;
    throw error;
  }
  throw new Error('the record was not refused');
}

describe('plain bytes', () => {
  it('become the payload without a copy, named after where they came from', () => {
    const record = { ...recordOf(pngHeader(2, 3)), key: Buffer.from('k') };
    const tile = decode(record);
    expect(tile).toEqual({
      id: 'tiles-3-42',
      payload: { bytes: record.value },
      contentType: 'image/png',
      key: record.key,
    });
    expect('bytes' in tile.payload && tile.payload.bytes).toBe(record.value);
  });

  it('have the content type of their header, whatever its case, before what they look like', () => {
    expect(decode(recordOf(pngHeader(2, 3), { 'Content-Type': 'image/x-special' })).contentType).toBe(
      'image/x-special',
    );
    expect(decode(recordOf(pngHeader(2, 3), { 'content-type': '' })).contentType).toBe('image/png');
    expect(decode(recordOf('hello')).contentType).toBe('application/octet-stream');
  });

  it.each([
    ['a brace that opens no JSON', '{ not json', {}],
    ['a brace and bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe]), {}],
    ['a brace under another content type', '{"a":1}', { 'content-type': 'application/geo+json' }],
    ['a JSON array', '[1]', { 'content-type': 'application/json' }],
    ['a broken brace under another content type', '{', { 'content-type': 'text/plain' }],
  ])('are %s', (_, value, headers) => {
    const record = recordOf(value, headers);
    expect(decode(record).payload).toEqual({ bytes: record.value });
  });
});

describe('a descriptor', () => {
  const place = { bounds: [-10, -5.5, 10, 5], crs: 'EPSG:4326', offset: [256, 0], scene: 'night' };

  it('carries its payload inline', () => {
    const json = { id: 'a', data_base64: 'aGVsbG8=', contentType: 'text/plain', ...place, traceparent: 'garbage' };
    const { payload, ...rest } = decode(recordOf(json));
    expect(rest).toEqual({ id: 'a', contentType: 'text/plain', ...place });
    expect('bytes' in payload && Buffer.from(payload.bytes).toString()).toBe('hello');
  });

  it('names its payload by URI, its content type by the ending where it does not say', () => {
    const uri = 's3://my-bucket/a/b c.TIF';
    expect(decode(recordOf({ uri }, { 'content-type': 'application/json; charset=utf-8' }))).toEqual({
      id: 'tiles-3-42',
      payload: { uri },
      contentType: 'image/tiff',
    });
    expect(decode(recordOf({ uri: 's3://my-bucket/constructor' })).contentType).toBe('application/octet-stream');
  });

  it('may stand after white space, and is sniffed where it does not say its content type', () => {
    const png = Buffer.from(pngHeader(2, 2)).toString('base64');
    expect(decode(recordOf(`\n\t {"id":"a","data_base64":"${png}"}`)).contentType).toBe('image/png');
  });

  it('may cross the antimeridian, but only in degrees', () => {
    expect(decode(recordOf({ uri: 's3://bucket/k', bounds: [170, -5, -170, 5] })).bounds).toEqual([170, -5, -170, 5]);
    const projected = { uri: 's3://bucket/k', bounds: [170, -5, -170, 5], crs: 'EPSG:3857' };
    expect(refusal(recordOf(projected)).message).toBe('value.bounds.2 must be greater than 170, got -170');
  });

  it.each<[string, object | string, string, string]>([
    ['unknown fields', { uri: 's3://bucket/k', colour: 1 }, 'value.colour', 'is unknown'],
    ['a prototype', '{"uri":"s3://bucket/k","__proto__":{}}', 'value.__proto__', 'is unknown'],
    ['nothing', {}, 'value', 'must have either uri or data_base64'],
    ['both payloads', { uri: 's3://bucket/k', data_base64: 'AA==' }, 'value', 'must have either uri or data_base64'],
    ['an empty id', { id: '', uri: 's3://bucket/k' }, 'value.id', 'must be a text that is not empty, got ""'],
    ['a number as id', { id: 7, uri: 's3://bucket/k' }, 'value.id', 'must be a text that is not empty, got 7'],
    ['broken base64', { data_base64: 'AA=A' }, 'value.data_base64', 'must be base64, got "AA=A"'],
    ['base64 without padding', { data_base64: 'AAA' }, 'value.data_base64', 'must be base64, got "AAA"'],
    ['base64 in lines', { data_base64: 'AAAA\nAAA' }, 'value.data_base64', 'must be base64, got "AAAA\\nAAA"'],
    ['base64 for URLs', { data_base64: 'AA-_' }, 'value.data_base64', 'must be base64, got "AA-_"'],
    ['a content type that is none', { uri: 's3://bucket/k', contentType: 'png' }, 'value.contentType', 'got "png"'],
    ['three bounds', { uri: 's3://bucket/k', bounds: [1, 2, 3] }, 'value.bounds', 'must be four numbers'],
    ['bounds of text', { uri: 's3://bucket/k', bounds: [1, 2, '3', 4] }, 'value.bounds.2', 'finite number, got "3"'],
    ['endless bounds', '{"uri":"s3://bucket/k","bounds":[1,2,3,1e999]}', 'value.bounds.3', 'number, got "Infinity"'],
    ['bounds upside down', { uri: 's3://bucket/k', bounds: [1, 2, 3, 2] }, 'value.bounds.3', 'greater than 2, got 2'],
    ['bounds without width', { uri: 's3://bucket/k', bounds: [1, 2, 1, 3] }, 'value.bounds.2', 'other than 1, got 1'],
    ['a negative offset', { uri: 's3://bucket/k', offset: [0, -1] }, 'value.offset.1', 'at least 0, got -1'],
    ['a broken offset', { uri: 's3://bucket/k', offset: [0.5, 1] }, 'value.offset.0', 'at least 0, got 0.5'],
    ['a URI of nothing', { uri: 's3://bucket' }, 'value.uri', 'must be an s3://bucket/key URI, got "s3://bucket"'],
    ['no URI', { uri: 'tile.png' }, 'value.uri', 'must be an s3://bucket/key URI, got "tile.png"'],
    ['a bucket with a password', { uri: 's3://me:secret@bucket/k' }, 'value.uri', 'must be an s3://bucket/key URI'],
  ])('is refused with %s', (_, json, field, message) => {
    const error = refusal(recordOf(json));
    expect(error).toMatchObject({ code: 'RECORD_INVALID', field, retryable: false });
    expect(error.message).toContain(`${field} `);
    expect(error.message).toContain(message);
  });

  it.each(['https://me:secret@host/k?X-Amz-Signature=abc', 'file:///etc/passwd', 'gs://b/k', 'data:;base64,AA=='])(
    'may not point at %s, and the message shows nothing but the scheme',
    (uri) => {
      const error = refusal(recordOf({ uri }));
      expect(error).toMatchObject({ code: 'URI_NOT_ALLOWED', field: 'value.uri' });
      expect(error.message).toBe(`value.uri must be an s3://bucket/key URI, got "${uri.split(':')[0]}:…"`);
    },
  );

  it('is refused when its content type says JSON and it is none', () => {
    const error = refusal(recordOf('{ not json', { 'content-type': 'application/json' }));
    expect(error).toMatchObject({ code: 'RECORD_INVALID', field: 'value' });
    expect(error.message).toBe('value must be a JSON object, as its content type application/json says');
  });
});

describe('what is no tile', () => {
  it.each<[string, unknown, string, string]>([
    ['a null value', null, 'RECORD_EMPTY', 'value must not be null'],
    ['an empty value', '', 'RECORD_EMPTY', 'value must not be empty'],
    ['an empty payload', { id: 'a', data_base64: '' }, 'RECORD_EMPTY', 'value.data_base64 must not be empty'],
    [
      '20 MB of zeros',
      Buffer.alloc(20_000_000),
      'RECORD_TOO_LARGE',
      'value must have at most 16777216 bytes (maxRecordBytes), got 20000000',
    ],
    [
      'a PNG header of 50,000×50,000',
      pngHeader(50_000, 50_000),
      'IMAGE_TOO_LARGE',
      'payload must be an image of at most 32768 pixels in width and height (maxImageDimension), got "50000×50000"',
    ],
    [
      'a PNG of too many pixels inside a descriptor',
      { data_base64: Buffer.from(pngHeader(30_000, 30_000)).toString('base64') },
      'IMAGE_TOO_LARGE',
      'payload must be an image of at most 268435456 pixels (maxImagePixels), got "30000×30000"',
    ],
  ])('is refused: %s', (_, value, code, message) => {
    const error = refusal(recordOf(value));
    expect(error).toMatchObject({ code, message, retryable: false });
  });

  it('is refused in few words, however large or deep its fields are', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    const event = '"specversion":"1.0","id":"a","source":"b","type":"c"';
    const records = [
      `{"id":${deep}}`,
      `{${event},"data":${deep}}`,
      `{"${'k'.repeat(1e6)}":1}`,
      `{"id":"a","uri":"${'u'.repeat(1e6)}"}`,
    ];
    for (const text of records) {
      const error = refusal(recordOf(text));
      expect(error.code).toBe('RECORD_INVALID');
      expect(error.message.length).toBeLessThan(300);
    }
  });

  it('is refused under a header that is no content type', () => {
    const error = refusal(recordOf('hello', { 'content-type': 'not a type' }));
    expect(error.message).toBe('headers.content-type must be a media type, got "not a type"');
  });

  it('is left to the model: truncated images and other bytes', () => {
    const truncated = Buffer.from('ffd8ffe000104a464946', 'hex');
    expect(decode(recordOf(truncated))).toMatchObject({ contentType: 'image/jpeg', payload: { bytes: truncated } });
    expect(decode(recordOf('not an image')).contentType).toBe('application/octet-stream');
  });
});

it('answers any bytes and headers with a tile or with a RecordInvalidError', () => {
  const value = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
    fc.object({ maxDepth: 2 }).map((object) => Buffer.from(JSON.stringify(object))),
    fc.record({ id: fc.anything(), uri: fc.anything(), bounds: fc.anything() }, { requiredKeys: [] }).map((object) => {
      return Buffer.from(
        JSON.stringify(object, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)),
      );
    }),
  );
  const name = fc.constantFrom('content-type', 'ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_x', 'x');
  const text = fc.oneof(fc.string(), fc.constantFrom('1.0', 'application/json', 'application/cloudevents+json'));
  fc.assert(
    fc.property(
      value,
      fc.array(
        fc.tuple(
          name,
          fc.oneof(
            text.map((t) => Buffer.from(t)),
            fc.uint8Array(),
          ),
        ),
      ),
      (bytes, headers) => {
        const record: StreamRecord = { key: null, value: bytes, headers, timestampMs: 0 };
        try {
          expect(decode(record).id.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordInvalidError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
