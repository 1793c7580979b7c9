import { isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrierFrom } from '../../../src/telemetry/carrierFrom.ts';
import { contextFrom } from '../../../src/telemetry/contextFrom.ts';
import { endTileSpan } from '../../../src/telemetry/endTileSpan.ts';
import { startSendSpan } from '../../../src/telemetry/startSendSpan.ts';
import { startTileSpan } from '../../../src/telemetry/startTileSpan.ts';
import { formatTraceparent, parseTraceparent } from '../../../src/telemetry/traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const valid = `00-${traceId}-${spanId}-01`;
const origin = { stream: 'tiles', partition: '0', position: '7' };

describe('traceparent', () => {
  it.each([
    [valid, 1],
    [`00-${traceId}-${spanId}-00`, 0],
    [`00-${traceId}-${spanId}-03`, 3],
    [`00-${traceId}-${spanId}-ff`, 3],
    [`cc-${traceId}-${spanId}-01`, 1],
    [`cc-${traceId}-${spanId}-01-what-the-future-brings`, 1],
  ])('%s is read', (text, traceFlags) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, traceFlags, isRemote: true });
  });

  it.each([
    ['nothing', ''],
    ['a word', 'garbage'],
    ['a version that is forbidden', `ff-${traceId}-${spanId}-01`],
    ['more than version 00 has', `${valid}-x`],
    ['more without a dash', `cc-${traceId}-${spanId}-01x`],
    ['capitals', valid.toUpperCase()],
    ['no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['no span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['a short trace', `00-${traceId.slice(1)}-${spanId}-01`],
    ['other letters', `00-${traceId.replace('a', 'g')}-${spanId}-01`],
    ['white space', ` ${valid}`],
    ['a line end', `${valid}\n`],
  ])('is ignored with %s', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
    expect(contextFrom({ traceparent: text, tracestate: 'a=b' })).toBe(ROOT_CONTEXT);
  });

  it('comes back as it was written', () => {
    const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length - 1}}[1-9a-f]$`));
    fc.assert(
      fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 3 }), (trace32, span16, traceFlags) => {
        const text = formatTraceparent({ traceId: trace32, spanId: span16, traceFlags });
        expect(parseTraceparent(text)).toEqual({ traceId: trace32, spanId: span16, traceFlags, isRemote: true });
      }),
    );
  });
});

describe('without an SDK', () => {
  const facts = { system: 'kafka', stream: 'tiles', origin, bytes: 1 };

  it('a given trace is handed on to the output, through every span', () => {
    const parent = contextFrom({ traceparent: valid, tracestate: 'vendor=1,other=2' });
    const tile = startTileSpan(facts, parent);
    const send = startSendSpan(facts, tile);
    expect(carrierFrom(send)).toEqual({ traceparent: valid, tracestate: 'vendor=1,other=2' });
    expect(() => endTileSpan(tile, 'acked')).not.toThrow();
  });

  it('no trace is made up', () => {
    const tile = startTileSpan(facts, contextFrom(undefined));
    expect(carrierFrom(tile)).toBeUndefined();
    expect(isSpanContextValid(trace.getSpanContext(tile) ?? { traceId: '', spanId: '', traceFlags: 0 })).toBe(false);
  });

  it('a tracestate that is none is left out', () => {
    expect(carrierFrom(contextFrom({ traceparent: valid, tracestate: '???' }))).toEqual({ traceparent: valid });
  });
});
