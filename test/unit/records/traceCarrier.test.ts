import { describe, expect, it } from 'vitest';
import { recordDecoder } from '../../../src/records/recordDecoder.ts';
import { traceCarrier } from '../../../src/records/traceCarrier.ts';
import { limits, origin, recordOf } from './recordOf.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const tracestate = 'vendor=1';
const event = { specversion: '1.0', id: 'a', source: '/b', type: 'c', data: 1 };

describe('trace context of a record', () => {
  it.each([
    ['a header', recordOf('x', { traceparent, tracestate })],
    ['an event header', recordOf('x', { ce_id: 'a', ce_traceparent: traceparent, ce_tracestate: tracestate })],
    [
      'a header before the event header',
      recordOf('x', { ce_traceparent: 'older', Traceparent: traceparent, tracestate }),
    ],
    [
      'a header before the value',
      recordOf({ uri: 's3://bucket/k', traceparent: 'older' }, { traceparent, tracestate }),
    ],
    ['a descriptor', recordOf({ uri: 's3://bucket/k', traceparent, tracestate })],
    ['a structured event', recordOf({ ...event, traceparent, tracestate })],
    ['a broken descriptor', recordOf({ colour: 1, traceparent, tracestate })],
    ['an empty value', { ...recordOf('', { traceparent, tracestate }) }],
  ])('is found in %s', (_, record) => {
    expect(traceCarrier(record)).toEqual({ traceparent, tracestate });
  });

  it.each([
    ['there is none', recordOf({ uri: 's3://bucket/k' })],
    ['the value is null', recordOf(null)],
    ['the JSON is broken', recordOf('{', { 'content-type': 'application/json' })],
    ['it is no text', recordOf({ uri: 's3://bucket/k', traceparent: 7 })],
    ['the value is plain bytes', recordOf(Buffer.from([0x89, 0x50]))],
  ])('is undefined where %s', (_, record) => {
    expect(traceCarrier(record)).toBeUndefined();
  });

  it('is not looked for in a value that is too large to be a tile', () => {
    const record = recordOf({ uri: 's3://bucket/k', traceparent });
    expect(traceCarrier(record, { maxRecordBytes: 10 })).toBeUndefined();
    expect(traceCarrier(record, { maxRecordBytes: 1000 })).toEqual({ traceparent });
  });

  it('never stands in the way of the tile', () => {
    const decoder = recordDecoder(limits);
    const record = recordOf({ id: 'a', uri: 's3://bucket/k', traceparent: ['garbage'] });
    expect(decoder.carrier(record)).toBeUndefined();
    expect(decoder.decode(record, origin).id).toBe('a');
  });
});
