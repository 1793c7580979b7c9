import { describe, expect, it } from 'vitest';
import { readSpans } from '../../../../src/cli/report/readSpans.ts';
import { sampleSpans } from '../../../support/report/sampleSpans.ts';

const request = (span: object, attributes: object[] = []): string =>
  JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] });
const bare = { traceId: 'a', spanId: 'b', name: 'x', startTimeUnixNano: '1', endTimeUnixNano: '2' };

describe('readSpans', () => {
  it('reads what exporters write, with the service of each span', () => {
    const [own, model] = sampleSpans(1).map(readSpans);
    expect(own?.map(({ name, kind, service }) => [name, kind, service])).toEqual([
      ['send tiles', 'producer', 'swath'],
      ['process tiles', 'consumer', 'swath'],
      ['upload', 'internal', 'swath'],
      ['invoke', 'internal', 'swath'],
      ['await', 'internal', 'swath'],
      ['features', 'internal', 'swath'],
      ['send detections', 'producer', 'swath'],
    ]);
    expect(model?.map(({ name, kind, service }) => [name, kind, service])).toEqual([
      ['infer', 'server', 'swath-model'],
    ]);
    expect(own?.[0]?.parentId).toBeUndefined();
    expect(own?.[1]?.parentId).toBe(own?.[0]?.spanId);
    expect(own?.[4]?.events.map(({ attributes }) => attributes)).toEqual([
      { 'swath.attempt': 1 },
      { 'swath.attempt': 2 },
      { 'swath.attempt': 3 },
    ]);
  });

  it('keeps the microseconds of times that no double holds in nanoseconds', () => {
    const [span] = readSpans(
      request({ ...bare, startTimeUnixNano: '1800000000123456789', endTimeUnixNano: 2_000_000 }),
    );
    expect(span?.startMs).toBe(1_800_000_000_123.456);
    expect(span?.endMs).toBe(2);
  });

  it('takes attributes of every kind, lists as their JSON', () => {
    const attributes = [
      { key: 'text', value: { stringValue: 'a' } },
      { key: 'whole', value: { intValue: '7' } },
      { key: 'share', value: { doubleValue: 0.5 } },
      { key: 'yes', value: { boolValue: true } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: 1 }] } } },
      { key: 'nothing', value: {} },
    ];
    const [span] = readSpans(request({ ...bare, attributes, status: { code: 2, message: 'bad' } }));
    expect(span).toMatchObject({ failed: true, service: 'unknown', kind: 'internal' });
    expect(span?.attributes).toEqual({
      text: 'a',
      whole: 7,
      share: 0.5,
      yes: true,
      list: '{"values":[{"intValue":1}]}',
      nothing: 'null',
    });
  });

  it.each(['', '{', '{}', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"}]}]}]}'])('refuses %j', (text) => {
    expect(() => readSpans(text)).toThrow();
  });
});
