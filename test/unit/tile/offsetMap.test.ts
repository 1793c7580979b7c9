import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxToldJobs } from '../../../src/tile/jobTrail.ts';
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
/** Numbers for the jobs of {@link mixed}: mostly small ones, as they come. */
const numbers = fc
  .tuple(fc.infiniteStream(fc.nat({ max: 99 })), fc.integer({ min: 1, max: maxToldJobs }))
  .map(([chance, stages]) => {
    const draws = chance[Symbol.iterator]();
    return (count: number) => Array.from({ length: count }, () => (draws.next().value ?? 0) % stages);
  });
/** Changes a byte of a map, and makes its check fit. */
const changed = (text: string, at: number, value: number): string => {
  const copy = Buffer.from(text, 'base64url');
  copy[at] = value;
  copy.writeUInt32BE(crc32(copy.subarray(0, -4)), copy.length - 4);
  return copy.toString('base64url');
};
const firstJobs = (map: ReturnType<typeof decodeOffsetMap>) => map?.jobs ?? map?.running?.map(() => 0) ?? [];

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
        if (unfinished.length <= 5_800) expect(kept).toEqual(running);
      }),
      { numRuns: 60 },
    );
  });

  it('carries the number of each running record’s job, likewise', () => {
    fc.assert(
      fc.property(mixed, numbers, fc.boolean(), ({ finished, unfinished, running }, jobsOf, far) => {
        const jobs = jobsOf(running.length);
        const text = encodeOffsetMap({ finished, running, jobs, clean: false, ...(far && { repeatsBelow: 700 }) });
        expect(text.length).toBeLessThanOrEqual(4064);
        const map = decodeOffsetMap(text);
        expect(map?.finished).toEqual(finished);
        const kept = map?.running ?? [];
        expect(kept).toEqual(running.slice(0, kept.length));
        expect(firstJobs(map)).toEqual(jobs.slice(0, kept.length));
        if (unfinished.length * (1 + Math.max(0, ...jobs)) <= 5_700) expect(kept).toEqual(running);
        expect(map?.repeatsBelow).toBe(far ? 700 : undefined);
      }),
      { numRuns: 100 },
    );
  });

  it('says the same in version 2 while all jobs are the first of their tiles', () => {
    const second = 'WyAASAAAAgYCGa-y0g8';
    const map = { finished: [1, 2, 9], running: [0, 5, 6], clean: false };
    expect(encodeOffsetMap(map)).toBe(second);
    expect(encodeOffsetMap({ ...map, jobs: [0, 0, 0] })).toBe(second);
    expect(decodeOffsetMap(second)).toEqual(map);
    const later = encodeOffsetMap({ ...map, jobs: [0, 1, 0] });
    expect(Buffer.from(later, 'base64url').readUInt8(1) >> 4).toBe(3);
    expect(decodeOffsetMap(later)).toEqual({ ...map, jobs: [0, 1, 0] });
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
    const map = { finished: [1], running: [0, 5], clean: false };
    const text = encodeOffsetMap(map);
    expect(decodeOffsetMap(changed(text, 0, 0x5b))).toEqual(map);
    expect(decodeOffsetMap(changed(text, 1, 4 << 4))).toBeUndefined(); // version 4
    expect(decodeOffsetMap(changed(text, 2, 3))).toBeUndefined(); // no such kind
    expect(decodeOffsetMap(changed(text, 3, 0xff))).toBeUndefined(); // delivered beyond the span
    expect(decodeOffsetMap(changed(text, 6, 200))).toBeUndefined(); // longer than it is
  });

  it('ignores sets of jobs that cannot be', () => {
    const map = { finished: [], running: [0, 5], jobs: [0, 1], clean: false };
    const text = encodeOffsetMap(map);
    // Head 0–2, span 3–4, length of the finished 5–6; a set from 7 (kind, length 8–9, bits 10), the next from 11 (bits at 14).
    expect([...Buffer.from(text, 'base64url')].slice(7, 15)).toEqual([0, 0, 1, 0b100001, 0, 0, 1, 0b10]);
    expect(decodeOffsetMap(changed(text, 14, 0b11))).toEqual({ ...map, jobs: [1, 1] });
    expect(decodeOffsetMap(changed(text, 14, 0b100))).toBeUndefined(); // a third record, where two have a job
    expect(decodeOffsetMap(changed(text, 2, 1))).toBeUndefined(); // more than it says
    expect(decodeOffsetMap(changed(text, 2, 3))).toBeUndefined(); // less than it says
    expect(decodeOffsetMap(changed(text, 13, 2))).toBeUndefined(); // longer than it is
    expect(decodeOffsetMap(changed(text, 13, 0))).toBeUndefined(); // shorter than it is
    expect(decodeOffsetMap(changed(text, 11, 7))).toBeUndefined(); // no such kind
    expect(decodeOffsetMap(changed(text, 2, 0))).toBeUndefined();
    const all = { ...map, running: [0, 1, 2, 3, 4, 5, 6, 7], jobs: [0, 1, 2, 3, 4, 5, 6, 7] };
    expect(decodeOffsetMap(encodeOffsetMap(all))).toEqual(all);
    const bytes = Buffer.from(encodeOffsetMap(all), 'base64url');
    const more = Buffer.concat([bytes.subarray(0, -4), Buffer.alloc(7)]); // one empty set more than there may be
    expect(decodeOffsetMap(changed(more.toString('base64url'), 2, maxToldJobs + 1))).toBeUndefined();
  });

  it('reads no set beyond the span, whatever the bytes say', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 400 }),
        fc.constantFrom(1, 2, 3),
        fc.nat({ max: 3 }),
        (body, version, kind) => {
          const bytes = Buffer.concat([Uint8Array.of(0x5b, (version << 4) | kind), body, Buffer.alloc(4)]);
          const map = decodeOffsetMap(changed(bytes.toString('base64url'), 0, 0x5b));
          for (const slots of [map?.finished ?? [], map?.running ?? []]) {
            expect(slots.length).toBeLessThanOrEqual(spanCap);
            expect(slots.at(-1) ?? 0).toBeLessThan(spanCap);
          }
          expect(map?.jobs?.length ?? 0).toBeLessThanOrEqual(map?.running?.length ?? 0);
          expect(Math.max(0, ...(map?.jobs ?? []))).toBeLessThan(maxToldJobs);
        },
      ),
      { numRuns: 3_000 },
    );
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
