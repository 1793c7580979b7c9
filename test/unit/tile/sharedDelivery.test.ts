import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../../src/testing.ts';
import type { Delivery } from '../../../src/tile/delivery.ts';
import { maxToldJobs } from '../../../src/tile/jobTrail.ts';
import { SharedDelivery } from '../../../src/tile/sharedDelivery.ts';

type Step = readonly [part: number, what: 'started' | 'ended' | 'lost' | 'acked'];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.nat({ max: 4 }),
  fc.constantFrom('started', 'started', 'started', 'ended', 'ended', 'lost', 'acked'),
);

/** A part, and the jobs that an endpoint has accepted for it as far as they still count. */
class Part {
  readonly delivery: Delivery;
  accepted: Set<number>;

  constructor(delivery: Delivery, told: number | undefined) {
    this.delivery = delivery;
    this.accepted = new Set(Array.from({ length: (told ?? -1) + 1 }, (_, job) => job));
  }

  take(what: Step[1]): void {
    const { jobs } = this.delivery;
    const job = jobs.passed;
    if (what === 'acked') {
      this.delivery.ack();
      return;
    }
    const counts = (earlier: number): boolean => what === 'ended' || earlier < job;
    this.accepted = new Set([...this.accepted].filter(counts)); // a later stage's job was for an output that is made anew
    if (what !== 'lost') this.accepted.add(job);
    jobs[what]();
  }
}

describe('the parts of a record', () => {
  it('have each had the job that is noted of the record, whichever way they go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.option(fc.nat({ max: 3 }), { nil: undefined }),
        fc.array(step, { maxLength: 80 }),
        (count, told, steps) => {
          const whole = envelopeOf({}, told === undefined ? {} : { told });
          const shared = new SharedDelivery(whole.delivery, count);
          const parts = Array.from({ length: count }, () => new Part(shared.part(), told));
          for (const [i, what] of steps) {
            const part = parts[i % count];
            if (part === undefined || part.delivery.settled) continue;
            part.take(what);
            const open = parts.filter(({ delivery }) => !delivery.settled);
            if (open.length === 0) break;
            const notes = [`runs ${told ?? 'none'}`, ...whole.delivery.jobLog];
            const noted = notes.at(-1)?.replace('runs ', '') ?? 'none';
            for (const { accepted } of open) if (noted !== 'none') expect(accepted).toContain(Number(noted));
            for (const [at, note] of notes.entries()) expect(note).not.toBe(notes[at - 1]); // told once
            // What all parts have had is told, up to the last that can be, unless one has begun anew.
            const least = Math.min(
              ...open.map(({ accepted }) => (accepted.size === 0 ? 0 : Math.max(...accepted) + 1)),
            );
            if (steps.every(([, each]) => each !== 'lost'))
              expect(noted).toBe(least === 0 ? 'none' : `${Math.min(least, maxToldJobs) - 1}`);
          }
          const settled = parts.every(({ delivery }) => delivery.settled);
          expect(whole.delivery.settlements).toEqual(settled ? [['ack']] : []);
        },
      ),
      { numRuns: 500 },
    );
  });
});
