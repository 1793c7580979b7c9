import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../../../src/ports/recordWriter.ts';
import { decodeDeadLetter } from '../../../src/records/decodeDeadLetter.ts';
import { encodeDeadEvents } from '../../../src/records/encodeDeadEvents.ts';
import { type DeadTile, encodeDeadLetter } from '../../../src/records/encodeDeadLetter.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { origin, recordOf } from './recordOf.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const options = { pipeline: 'kafka-infer', nowMs };
const reason = { code: 'RECORD_INVALID', message: 'value.colour is unknown' };
const dead = (record: StreamRecord, more: Partial<DeadTile> = {}): DeadTile => ({
  record,
  origin,
  attempt: 2,
  stage: 'decode',
  reason,
  ...more,
});
const stored = (record: OutRecord): StreamRecord => ({ ...record, timestampMs: nowMs });
const texts = (record: OutRecord) => record.headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);

describe('a dead letter in headers', () => {
  it('leaves key, value and headers as they were and adds the facts', () => {
    const record = { ...recordOf('x', { traceparent: 'tp', a: '1' }), key: Buffer.from('k') };
    const letter = encodeDeadLetter('binary', dead(record), options);
    expect(letter.key).toBe(record.key);
    expect(letter.value).toBe(record.value);
    expect(texts(letter)).toEqual([
      ['traceparent', 'tp'],
      ['a', '1'],
      ['swath-dead-code', 'RECORD_INVALID'],
      ['swath-dead-message', 'value.colour is unknown'],
      ['swath-dead-stage', 'decode'],
      ['swath-dead-attempts', '2'],
      ['swath-dead-origin', 'tiles/3/42'],
      ['swath-dead-time', '2026-01-02T03:04:05.006Z'],
    ]);
  });

  it('of a record that was played back replaces the earlier facts and counts its attempts on', () => {
    const first = encodeDeadLetter('binary', dead(recordOf('x', { a: '1' })), options);
    const second = encodeDeadLetter('binary', dead(stored(first), { stage: 'infer', attempt: 3 }), options);
    expect(second.headers).toHaveLength(first.headers.length);
    expect(decodeDeadLetter(stored(second))).toMatchObject({ attempts: 5, stage: 'infer' });
    expect(texts(decodeDeadLetter(stored(second)).original)).toEqual([['a', '1']]);
  });

  it('that is brief is read back with what it left out as the log knows it', () => {
    const brief = (record: StreamRecord, attempt: number) =>
      encodeDeadLetter('binary', dead(record, { attempt }), { ...options, brief: true });
    const once = brief(recordOf('x', { a: '1' }), 1);
    expect(texts(once)).toEqual([
      ['a', '1'],
      ['swath-dead-code', 'RECORD_INVALID'],
      ['swath-dead-origin', 'tiles/3/42'],
    ]);
    expect(decodeDeadLetter(stored(once))).toMatchObject({ attempts: 1, stage: '', message: '', timeMs: nowMs });
    expect(decodeDeadLetter(stored(brief(stored(once), 2)))).toMatchObject({ attempts: 3 });
    expect(() => decodeDeadLetter({ ...stored(once), timestampMs: 2 ** 63 })).toThrow('swath-dead-time is required');
  });

  it('keeps the count of replays that a record came with, over each refusal', () => {
    const first = encodeDeadLetter('binary', dead(recordOf('x', { 'swath-replays': '2' })), options);
    const second = encodeDeadLetter('binary', dead(stored(first)), options);
    for (const letter of [first, second]) {
      expect(texts(letter).filter(([name]) => name === 'swath-replays')).toEqual([['swath-replays', '2']]);
      expect(texts(decodeDeadLetter(stored(letter)).original)).toEqual([['swath-replays', '2']]);
    }
  });

  it('shows no secrets and no endless message', () => {
    const message = `GET https://me:pw@host/k?X-Amz-Signature=abc&x=1 password=hunter2 ${'x'.repeat(5000)}`;
    const letter = encodeDeadLetter(
      'binary',
      dead(recordOf('x'), { reason: { code: 'STAGE_FAILED', message } }),
      options,
    );
    const kept = decodeDeadLetter(stored(letter)).message;
    expect(kept).toHaveLength(2000);
    expect(kept).toContain('https://(hidden)@host/k?X-Amz-Signature=(hidden)&x=1 password=(hidden) xxx');
  });
});

describe('a dead letter as an event', () => {
  it('carries the facts and the original bytes', () => {
    const record = { ...recordOf('hello'), key: Buffer.from('part') };
    const letter = encodeDeadLetter('structured', dead(record), { ...options, carrier: { traceparent: 'tp' } });
    expect(letter.key).toBe(record.key);
    expect(letter.headers).toEqual([]);
    expect(JSON.parse(Buffer.from(letter.value ?? []).toString())).toEqual({
      specversion: '1.0',
      id: 'tiles-3-42',
      source: '/swath/kafka-infer',
      type: 'swath.tile.dead',
      subject: 'tiles/3/42',
      time: '2026-01-02T03:04:05.006Z',
      traceparent: 'tp',
      swathdeadcode: 'RECORD_INVALID',
      swathdeadmessage: 'value.colour is unknown',
      swathdeadstage: 'decode',
      swathdeadattempts: 2,
      swathdeadorigin: 'tiles/3/42',
      swathdeadtime: '2026-01-02T03:04:05.006Z',
      partitionkey: 'part',
      datacontenttype: 'application/octet-stream',
      data_base64: 'aGVsbG8=',
    });
  });
});

describe('a dead letter of a record that is too large for one event', () => {
  it('travels in parts that Kinesis takes, each with all facts, and together with all bytes', () => {
    const value = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => i % 251);
    const key = Buffer.from('ü'.repeat(256));
    const message = '\u0001'.repeat(5000);
    const tile = dead({ key, value, headers: [], timestampMs: 1 }, { reason: { ...reason, message } });
    const letters = encodeDeadEvents(tile, options);
    for (const letter of letters) {
      expect((letter.key?.byteLength ?? 0) + (letter.value?.byteLength ?? 0)).toBeLessThanOrEqual(1024 * 1024);
    }
    const read = letters.map((letter) => decodeDeadLetter(stored(letter)));
    expect(read.map(({ code, origin: at, part }) => ({ code, at, part }))).toEqual([
      { code: 'RECORD_INVALID', at: origin, part: { number: 1, count: 2 } },
      { code: 'RECORD_INVALID', at: origin, part: { number: 2, count: 2 } },
    ]);
    expect(Buffer.concat(read.map(({ original }) => original.value ?? Buffer.alloc(0))).equals(value)).toBe(true);
    const ids = letters.map((letter) => (JSON.parse(Buffer.from(letter.value ?? []).toString()) as { id: string }).id);
    expect(ids).toEqual(['tiles-3-42.1', 'tiles-3-42.2']);
  });

  it('is one event where that is large enough', () => {
    const tile = dead(recordOf('hello'));
    expect(encodeDeadEvents(tile, options)).toEqual([encodeDeadLetter('structured', tile, options)]);
  });

  it('is refused with a part that cannot be', () => {
    const [letter] = encodeDeadEvents(dead(recordOf('hello')), { ...options, part: { number: 3, count: 2 } });
    expect(() => decodeDeadLetter(stored(letter as OutRecord))).toThrow('swathdeadpart must be from 1 to');
  });
});

describe('reading a dead letter', () => {
  it('gives back what was written, in both forms, whatever the record held', () => {
    const bytes = fc.oneof(fc.constant(null), fc.uint8Array());
    const key = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed());
    const headers = fc.array(fc.tuple(fc.string(), fc.uint8Array()));
    const stream = fc.stringMatching(/^[a-z/]{0,8}[a-z]$/);
    fc.assert(
      fc.property(bytes, key, headers, stream, fc.string(), (value, keyText, given, name, message) => {
        const record = { key: Buffer.from(keyText), value, headers: given, timestampMs: 1 };
        const at = { ...origin, stream: name };
        for (const mode of ['binary', 'structured'] as const) {
          const tile = dead(record, { origin: at, reason: { ...reason, message } });
          const letter = decodeDeadLetter(stored(encodeDeadLetter(mode, tile, options)));
          expect(letter).toMatchObject({
            code: 'RECORD_INVALID',
            stage: 'decode',
            attempts: 2,
            origin: at,
            timeMs: nowMs,
          });
          expect(Buffer.from(letter.original.key ?? []).toString()).toBe(keyText);
          expect(letter.original.value === null ? null : [...letter.original.value]).toEqual(
            value === null ? null : [...value],
          );
          expect(letter.original.headers).toEqual(mode === 'binary' ? given : []);
        }
      }),
    );
  });

  it.each<[string, StreamRecord, string]>([
    ['a tile', recordOf('hello'), 'headers.swath-dead-code is required'],
    ['null', recordOf(null), 'headers.swath-dead-code is required'],
    ['a result', recordOf({ type: 'swath.tile.result' }), 'headers.swath-dead-code is required'],
    [
      'no origin',
      recordOf('x', { 'swath-dead-code': 'A', 'swath-dead-attempts': '1' }),
      'headers.swath-dead-origin is',
    ],
    ['broken attempts', recordOf('x', { 'swath-dead-code': 'A', 'swath-dead-attempts': 'x' }), 'positive whole number'],
    ['an event without a code', recordOf({ type: 'swath.tile.dead' }), 'value.swathdeadcode is required'],
  ])('refuses %s', (_, record, message) => {
    expect(() => decodeDeadLetter(record)).toThrow(message);
  });

  it('refuses an origin and a time that are none', () => {
    const facts = { 'swath-dead-code': 'A', 'swath-dead-attempts': '1' };
    expect(() => decodeDeadLetter(recordOf('x', { ...facts, 'swath-dead-origin': 'a/b' }))).toThrow(
      'headers.swath-dead-origin must be <stream>/<partition>/<position>, got "a/b"',
    );
    expect(() =>
      decodeDeadLetter(recordOf('x', { ...facts, 'swath-dead-origin': 'a/b/c', 'swath-dead-time': 'noon' })),
    ).toThrow('headers.swath-dead-time must be a time of RFC 3339, got "noon"');
  });
});
