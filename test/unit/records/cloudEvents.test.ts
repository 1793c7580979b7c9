import { CloudEvent, Kafka, type KafkaMessage } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../../../src/ports/recordWriter.ts';
import { decodeRecord } from '../../../src/records/decodeRecord.ts';
import { encodeDeadLetter } from '../../../src/records/encodeDeadLetter.ts';
import { encodeResult } from '../../../src/records/encodeResult.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { limits, origin, recordOf } from './recordOf.ts';

const bytes = Buffer.from('89504e470d0a1a0a00', 'hex');
const time = '2026-01-02T03:04:05.006Z';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What their binding wrote, as a log would hold it. */
function stored({ key, value, headers }: KafkaMessage): StreamRecord {
  return {
    key: typeof key === 'string' ? Buffer.from(key) : null,
    value: Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))] as const),
    timestampMs: 0,
  };
}

/** What we wrote, as their binding wants it. */
function asMessage<T>(record: OutRecord, headers?: Record<string, string>): KafkaMessage<T> {
  const value = Buffer.from(record.value ?? []);
  return {
    key: Buffer.from(record.key ?? []).toString(),
    value: (headers === undefined ? value : value.toString()) as T & Buffer,
    body: value.toString(),
    headers: headers ?? Object.fromEntries(record.headers.map(([name, text]) => [name, Buffer.from(text).toString()])),
  } as unknown as KafkaMessage<T>;
}

describe('events of the CloudEvents SDK', () => {
  const event = new CloudEvent({ id: 'ü-1', source: '/cam', type: 'tile.new', time, orbit: 'low', traceparent });
  const kept = { source: '/cam', type: 'tile.new', time, extensions: { orbit: 'low', traceparent } };

  it('are read in binary mode', () => {
    const message = Kafka.binary(event.cloneWith({ data: bytes, datacontenttype: 'image/png' })) as KafkaMessage;
    const tile = decodeRecord(stored(message), origin, limits);
    expect(tile).toMatchObject({ id: 'ü-1', contentType: 'image/png', payload: { bytes }, event: kept });
  });

  it('are read in structured mode, bytes and JSON', () => {
    const picture = Kafka.structured(event.cloneWith({ data: bytes, datacontenttype: 'image/png' })) as KafkaMessage;
    expect(decodeRecord(stored(picture), origin, limits)).toMatchObject({
      id: 'ü-1',
      contentType: 'image/png',
      payload: { bytes },
      event: kept,
    });
    const json = Kafka.structured(event.cloneWith({ data: { a: [1] } })) as KafkaMessage;
    expect(decodeRecord(stored(json), origin, limits)).toMatchObject({
      contentType: 'application/json',
      payload: { bytes: Buffer.from('{"a":[1]}') },
    });
  });
});

describe('what swath writes', () => {
  const result = { pipeline: 'p', id: 'ü-1', origin, timeMs: Date.parse(time), carrier: { traceparent } };
  const expected = { id: 'ü-1', source: '/swath/p', type: 'swath.tile.result', subject: 'tiles/3/42', time };

  it('is a CloudEvent in binary mode', () => {
    const message = asMessage(encodeResult('binary', { ...result, value: { a: 1 } }));
    const event = Kafka.toEvent(message) as CloudEvent<Buffer>;
    expect(event).toMatchObject({ ...expected, datacontenttype: 'application/json' });
    expect(event.validate()).toBe(true);
  });

  it('is a CloudEvent in structured mode', () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const json = Kafka.toEvent(asMessage(encodeResult('structured', { ...result, value: { a: 1 } }), headers));
    expect(json).toMatchObject({ ...expected, data: { a: 1 }, traceparent });
    const picture = encodeResult('structured', { ...result, value: bytes, contentType: 'image/png' });
    const event = Kafka.toEvent(asMessage(picture, headers)) as CloudEvent<Uint8Array>;
    expect(event).toMatchObject({ ...expected, datacontenttype: 'image/png', data_base64: bytes.toString('base64') });
    expect(event.validate()).toBe(true);
  });

  it('is a CloudEvent where a dead letter has no headers', () => {
    const dead = { record: recordOf('hello'), origin, attempt: 1, stage: 's', reason: { code: 'X', message: 'm' } };
    const letter = encodeDeadLetter('structured', dead, { pipeline: 'p', nowMs: Date.parse(time) });
    const event = Kafka.toEvent(asMessage(letter, { 'content-type': 'application/cloudevents+json' })) as CloudEvent;
    expect(event).toMatchObject({
      type: 'swath.tile.dead',
      swathdeadcode: 'X',
      swathdeadattempts: 1,
      data_base64: 'aGVsbG8=',
    });
    expect(event.validate()).toBe(true);
  });
});
