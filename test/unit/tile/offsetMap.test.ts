import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOffsetMap, encodeOffsetMap, spanCap } from '../../../src/tile/offsetMap.ts';

const dense = fc
  .tuple(fc.integer({ min: 0, max: spanCap }), fc.infiniteStream(fc.nat({ max: 99 })), fc.nat({ max: 100 }))
  .map(([size, chance, percent]) => {
    const draws = chance[Symbol.iterator]();
    return Array.from({ length: size }, (_, i) => i).filter(() => (draws.next().value ?? 0) < percent);
  });
const sparse = fc
  .uniqueArray(fc.integer({ min: 0, max: spanCap - 1 }), { maxLength: 300 })
  .map((slots) => slots.sort((a, b) => a - b));
const runs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 900 })), { maxLength: 12 })
  .map((lengths) => {
    const finished: number[] = [];
    let slot = 0;
    for (const [gap, length] of lengths) {
      slot += gap;
      for (let i = 0; i < length && slot < spanCap; i++) finished.push(slot++);
    }
    return finished;
  });
const finishedSets = fc.oneof(sparse, runs, { arbitrary: dense, weight: 1 });

describe('offset map', () => {
  it('comes back as it was, within the characters a Kafka broker keeps', () => {
    fc.assert(
      fc.property(finishedSets, fc.boolean(), (finished, clean) => {
        const text = encodeOffsetMap({ finished, clean });
        expect(text.length).toBeLessThanOrEqual(4096);
        expect(decodeOffsetMap(text)).toEqual({ finished, clean });
      }),
      { numRuns: 60 },
    );
  });

  it('fits the worst case: every second of all slots, and all of them', () => {
    const all = Array.from({ length: spanCap }, (_, i) => i);
    const alternating = all.filter((i) => i % 2 === 1);
    expect(encodeOffsetMap({ finished: alternating, clean: false }).length).toBeLessThanOrEqual(3084);
    expect(encodeOffsetMap({ finished: all, clean: false }).length).toBeLessThanOrEqual(16);
    expect(decodeOffsetMap(encodeOffsetMap({ finished: alternating, clean: true }))?.finished).toEqual(alternating);
  });

  it('chooses the smallest encoding', () => {
    const one = encodeOffsetMap({ finished: [18_000], clean: false }); // a gap: three bytes
    const run = encodeOffsetMap({ finished: Array.from({ length: 500 }, (_, i) => 100 + i), clean: false });
    expect(one.length).toBeLessThanOrEqual(14);
    expect(run.length).toBeLessThanOrEqual(14);
  });

  it('ignores what it did not write', () => {
    for (const foreign of [
      '',
      'x',
      'offset committed by hand',
      'W1sA',
      '{"a":1}',
      '\u{1F6F0}',
      '=',
      'AAAAAAAAAAAAAAAA',
    ]) {
      expect(decodeOffsetMap(foreign)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(decodeOffsetMap(text)).toBeUndefined();
      }),
    );
  });

  it('notices every changed or missing character', () => {
    const text = encodeOffsetMap({ finished: [1, 2, 3, 7, 90], clean: false });
    for (let at = 0; at < text.length; at++) {
      for (const other of 'Az0_') {
        if (text[at] === other) continue;
        expect(decodeOffsetMap(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
      }
      expect(decodeOffsetMap(text.slice(0, at))).toBeUndefined();
    }
  });
});
