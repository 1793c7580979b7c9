import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitWindow } from '../../../src/tile/commitWindow.ts';
import { maxToldJobs } from '../../../src/tile/jobTrail.ts';
import { spanCap } from '../../../src/tile/offsetMap.ts';

/** Slots of a log with gaps, and an order to finish them in. */
const history = fc
  .tuple(fc.nat({ max: 2 ** 40 }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 300 }))
  .map(([start, steps]) => steps.map((_, i) => start + steps.slice(0, i).reduce((a, b) => a + b, 0)))
  .chain((slots) =>
    fc.tuple(fc.constant(slots), fc.shuffledSubarray(slots, { minLength: 0, maxLength: slots.length })),
  );

describe('commit window', () => {
  it('commits exactly the finished prefix and maps exactly the rest, in any order and with gaps', () => {
    fc.assert(
      fc.property(history, ([slots, finishing]) => {
        const window = new CommitWindow();
        for (const slot of slots) expect(window.open(slot, `p${slot}`)).toBe(true);
        const finished = new Set<number>();
        let before = -1;
        for (const slot of finishing) {
          window.finish(slot);
          finished.add(slot);
          const progress = window.progress();
          if (progress === undefined) throw new Error('a window with records has progress');
          const firstOpen = slots.find((s) => !finished.has(s));
          const prefix = slots.filter((s) => firstOpen === undefined || s < firstOpen);
          expect(progress.position).toBe(prefix.length > 0 ? `p${prefix.at(-1)}` : undefined);
          expect(progress.nextSlot).toBe(firstOpen ?? (slots.at(-1) ?? 0) + 1);
          expect(progress.nextPosition).toBe(firstOpen === undefined ? undefined : `p${firstOpen}`);
          expect(progress.finished.map((d) => d + progress.nextSlot)).toEqual(
            slots.filter((s) => s >= progress.nextSlot && finished.has(s)),
          );
          expect(progress.nextSlot).toBeGreaterThanOrEqual(before);
          before = progress.nextSlot;
        }
        expect(window.inFlight).toBe(slots.length - finishing.length);
      }),
      { numRuns: 150 },
    );
  });

  it('gives back after a restart exactly what was unfinished', () => {
    fc.assert(
      fc.property(history, ([slots, finishing]) => {
        const first = new CommitWindow();
        for (const slot of slots) first.open(slot, `p${slot}`);
        for (const slot of finishing) first.finish(slot);
        const saved = first.progress();
        const second = new CommitWindow(saved?.nextSlot, saved?.finished);
        const again = slots.filter((slot) => slot >= (saved?.nextSlot ?? 0) && second.open(slot, `p${slot}`));
        expect(again).toEqual(slots.filter((slot) => !finishing.includes(slot)));
        for (const slot of again) second.finish(slot);
        expect(second.progress()).toMatchObject({ nextSlot: (slots.at(-1) ?? 0) + 1, finished: [] });
      }),
      { numRuns: 150 },
    );
  });

  it('reports the jobs that run, and restores exactly those of unfinished records', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat({ max: 12 })), ([slots, finishing], chance) => {
        const draws = chance[Symbol.iterator]();
        const runs = new Map<number, number>();
        const first = new CommitWindow();
        for (const slot of slots) {
          first.open(slot, `p${slot}`);
          expect(first.jobOf(slot)).toBeUndefined();
          const draw = draws.next().value ?? 0; // from 9 on, the job has too great a number, or ends
          if (draw > 0) first.noteJob(slot, draw - 1);
          if (draw > 10) first.noteJob(slot, undefined);
          if (draw > 0 && draw <= maxToldJobs) runs.set(slot, draw - 1);
        }
        for (const slot of finishing) first.finish(slot);
        const open = slots.filter((slot) => !finishing.includes(slot));
        const saved = first.progress();
        const next = saved?.nextSlot ?? 0;
        expect(saved?.running.map((d) => d + next)).toEqual(open.filter((slot) => runs.has(slot)));
        expect(saved?.jobs).toEqual(open.filter((slot) => runs.has(slot)).map((slot) => runs.get(slot)));

        const second = new CommitWindow(next, saved?.finished, saved?.running, saved?.jobs);
        const { finished, running, jobs } = saved ?? {};
        expect(second.progress()).toMatchObject({ finished, running, jobs }); // before anything is read
        for (const slot of slots.filter((each) => each >= next)) {
          expect(second.open(slot, `p${slot}`)).toBe(open.includes(slot)); // a running record is delivered, a finished one is not
          if (open.includes(slot)) expect(second.jobOf(slot)).toBe(runs.get(slot));
        }
        expect(second.progress()).toMatchObject({ running, jobs });
        for (const slot of open) second.finish(slot);
        expect(second.progress()).toMatchObject({ nextSlot: (slots.at(-1) ?? 0) + 1, finished: [], running: [] });
      }),
      { numRuns: 150 },
    );
  });

  it('notes a job only for a record in flight', () => {
    const window = new CommitWindow(3);
    expect(() => window.noteJob(3, 0)).toThrow(RangeError);
    window.open(3, 'a');
    window.noteJob(3, 0);
    window.finish(3);
    expect(() => window.noteJob(3, 0)).toThrow(RangeError);
    window.open(3 + 64, 'b'); // the same place of the ring
    expect(window.jobOf(3 + 64)).toBeUndefined();
  });

  it('is not stopped by running records that vanished from the log', () => {
    const window = new CommitWindow(10, [], [1, 40], [0, 2]);
    window.open(10, 'a');
    window.open(12, 'b'); // 11 was compacted away
    window.finish(10);
    expect(window.progress()).toMatchObject({ nextSlot: 12, running: [38], jobs: [2] });
    window.finish(12);
    expect(window.open(60, 'c')).toBe(true); // and so was 50
    expect(window.progress()).toMatchObject({ nextSlot: 60, running: [] });
  });

  it('keeps the map of records that vanished from the log without being stopped by them', () => {
    const idle = { running: [], jobs: [] };
    const window = new CommitWindow(10, [2, 3, 50]);
    expect(window.open(10, 'a')).toBe(true);
    expect(window.open(14, 'b')).toBe(true); // 11 never existed; 12 and 13 were compacted away
    window.finish(10);
    expect(window.progress()).toEqual({ nextSlot: 14, position: 'a', nextPosition: 'b', finished: [46], ...idle });
    window.finish(14);
    expect(window.progress()).toEqual({
      nextSlot: 15,
      position: 'b',
      nextPosition: undefined,
      finished: [45],
      ...idle,
    });
    expect(window.open(100, 'c')).toBe(true); // 60 vanished too
    expect(window.progress()).toEqual({ nextSlot: 100, position: 'b', nextPosition: 'c', finished: [], ...idle });
  });

  it('delivers a record read twice once', () => {
    const window = new CommitWindow();
    expect([window.open(5, 'a'), window.open(6, 'b'), window.open(5, 'a')]).toEqual([true, true, false]);
    window.finish(6);
    expect(window.open(6, 'b')).toBe(false);
    window.finish(5);
    expect(window.open(5, 'a')).toBe(false);
    expect(() => window.finish(5)).toThrow(RangeError);
  });

  it('refuses slots beyond the span that a map can hold, until the oldest is finished', () => {
    const window = new CommitWindow();
    window.open(0, 'stuck');
    for (let slot = 1; slot < spanCap; slot++) {
      expect(window.accepts(slot)).toBe(true);
      window.open(slot, `${slot}`);
      window.finish(slot);
    }
    expect(window.accepts(spanCap)).toBe(false);
    expect(window.oldest).toBe('stuck');
    expect(window.span).toBe(spanCap);
    window.finish(0);
    expect(window.accepts(spanCap)).toBe(true);
  });

  it('crosses a gap of any size when nothing is in flight', () => {
    const window = new CommitWindow(0);
    expect(window.accepts(2 ** 50)).toBe(true);
    expect(window.open(2 ** 50, 'far')).toBe(true);
    expect(window.progress()?.nextSlot).toBe(2 ** 50);
  });
});
