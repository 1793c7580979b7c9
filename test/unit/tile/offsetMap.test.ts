import { crc32 } from 'node:zlib';
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

/** Finished slots, and some of the others as running; `density` shapes how many. */
const mixed = fc
  .tuple(
    finishedSets,
    fc.integer({ min: 1, max: spanCap }),
    fc.infiniteStream(fc.nat({ max: 99 })),
    fc.nat({ max: 100 }),
  )
  .map(([finished, top, chance, percent]) => {
    const done = new Set(finished);
    const draws = chance[Symbol.iterator]();
    const unfinished = Array.from({ length: top }, (_, i) => i).filter((slot) => !done.has(slot));
    return { finished, unfinished, running: unfinished.filter(() => (draws.next().value ?? 0) < percent) };
  });

describe('offset map', () => {
  it('comes back as it was, within the characters a Kafka broker keeps', () => {
    fc.assert(
      fc.property(finishedSets, fc.boolean(), (finished, clean) => {
        const text = encodeOffsetMap({ finished, clean });
        expect(text.length).toBeLessThanOrEqual(4064);
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

  it('carries running records beside the finished ones: all of them where they fit, else the nearest, never at the cost of a finished one', () => {
    fc.assert(
      fc.property(mixed, ({ finished, unfinished, running }) => {
        const text = encodeOffsetMap({ finished, running, clean: false });
        expect(text.length).toBeLessThanOrEqual(4064);
        const map = decodeOffsetMap(text);
        expect(map?.finished).toEqual(finished);
        const kept = map?.running ?? [];
        expect(kept).toEqual(running.slice(0, kept.length));
        if (unfinished.length <= 6_000) expect(kept).toEqual(running);
      }),
      { numRuns: 60 },
    );
  });

  it('drops the farthest running records where nothing smaller fits', () => {
    const slots = Array.from({ length: spanCap }, (_, i) => i);
    const finished = slots.filter((i) => i % 2 === 1);
    const running = slots.filter((i) => i % 2 === 0 && (i * 7919) % 5 < 2); // no runs to speak of among 9,216 unfinished
    const text = encodeOffsetMap({ finished, running, clean: false });
    const map = decodeOffsetMap(text);
    expect(text.length).toBeLessThanOrEqual(4064);
    expect(map?.finished).toEqual(finished);
    expect(map?.running).toEqual(running.slice(0, map?.running?.length));
    expect(map?.running?.length).toBeGreaterThan(2_000);
    expect(map?.running?.length).toBeLessThan(running.length);
  });

  it('says how far records may have been delivered before, where it is known', () => {
    const partly = { finished: [], clean: false, repeatsBelow: 700 };
    expect(decodeOffsetMap(encodeOffsetMap(partly))).toEqual(partly);
    expect(decodeOffsetMap(encodeOffsetMap({ finished: [2], running: [0], clean: true }))?.clean).toBe(true);
  });

  it('reads the maps of version 1, and writes them while there is nothing more to say', () => {
    const first = 'WxAADAECSiHC'; // [2, 3, 8] not clean, as the first version wrote it
    expect(encodeOffsetMap({ finished: [2, 3, 8], clean: false })).toBe(first);
    expect(decodeOffsetMap(first)).toEqual({ finished: [2, 3, 8], clean: false });
  });

  it('ignores a later version, and lengths that cannot be', () => {
    const bytes = Buffer.from(encodeOffsetMap({ finished: [1], running: [0, 5], clean: false }), 'base64url');
    const changed = (at: number, value: number): string => {
      const copy = Buffer.from(bytes);
      copy[at] = value;
      copy.writeUInt32BE(crc32(copy.subarray(0, -4)), copy.length - 4);
      return copy.toString('base64url');
    };
    expect(decodeOffsetMap(changed(1, bytes[1] ?? 0))).toEqual({ finished: [1], running: [0, 5], clean: false });
    expect(decodeOffsetMap(changed(1, (3 << 4) | 1))).toBeUndefined(); // version 3
    expect(decodeOffsetMap(changed(2, 3))).toBeUndefined(); // no such kind
    expect(decodeOffsetMap(changed(3, 0xff))).toBeUndefined(); // delivered beyond the span
    expect(decodeOffsetMap(changed(6, 200))).toBeUndefined(); // longer than it is
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
