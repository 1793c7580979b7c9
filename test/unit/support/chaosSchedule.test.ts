import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { chaosSchedule } from '../../support/chaos/chaosSchedule.ts';

const draw = (seed: number) =>
  chaosSchedule({
    random: seededRandom(seed),
    forMs: 60_000,
    everyMs: 300,
    members: { least: 2, most: 5 },
    brokers: { count: 3, everyMs: 12_000, downMs: 4_000 },
  });

it('draws the same schedule for the same seed, and another for another', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(8)).not.toEqual(draw(7));
});

it.each([1, 2, 3, 4, 5])(
  'lets only those leave who are there, within the bounds, and one broker at a time die: seed %i',
  (seed) => {
    const members = new Set<number>();
    const down = new Set<number>();
    const seen = new Set<string>();
    let beforeMs = 0;
    for (const { atMs, action, who } of draw(seed)) {
      expect(atMs).toBeGreaterThanOrEqual(beforeMs);
      beforeMs = atMs;
      seen.add(action);
      if (action === 'join') members.add(who);
      if (action === 'leave' || action === 'die') expect(members.delete(who)).toBe(true);
      if (action === 'brokerDies') down.add(who);
      if (action === 'brokerReturns') expect(down.delete(who)).toBe(true);
      expect(members.size).toBeLessThanOrEqual(5);
      if (atMs > 600) expect(members.size).toBeGreaterThanOrEqual(1);
      expect(down.size).toBeLessThanOrEqual(1);
    }
    expect([...seen].sort()).toEqual(['brokerDies', 'brokerReturns', 'die', 'join', 'leave']);
    expect(down.size).toBe(0);
  },
);
