import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readStamp, stampLength, stampMap } from '../../../src/kafka/logStamp.ts';
import { encodeOffsetMap, spanCap } from '../../../src/tile/offsetMap.ts';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const map = fc.oneof(
  fc.constant(''),
  fc.base64String().map((text) => text.replace(/=+$/, '')),
);

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(map, fc.option(id, { nil: undefined }), (text, log) => {
      expect(readStamp(stampMap({ map: text, log }))).toEqual({ map: text, log });
    }),
  );
});

it('takes text without a stamp for a map, whosever it is', () => {
  for (const text of [
    '',
    'consumed by nightly-job@host-3',
    '#log=',
    `#log=${'x'.repeat(21)}`,
    `${'x'.repeat(40)}#log=short`,
  ])
    expect(readStamp(text)).toEqual({ map: text, log: undefined });
});

it('fits the 4,096 characters of a broker with any map', () => {
  const every = Array.from({ length: spanCap / 2 }, (_, i) => 2 * i);
  const running = every.map((slot) => slot + 1);
  const longest = encodeOffsetMap({ finished: every.filter((slot) => slot % 3 > 0), running, clean: false });
  const stamped = stampMap({ map: longest, log: 'x'.repeat(22) });
  expect(stamped.length).toBe(longest.length + stampLength);
  expect(stamped.length).toBeLessThanOrEqual(4096);
});
