import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptedSchedule } from '../../../src/operators/adaptedSchedule.ts';
import { backoffSchedule } from '../../../src/operators/backoffSchedule.ts';
import { planPolls } from '../../../src/operators/planPolls.ts';
import type { PollSchedule } from '../../../src/operators/pollSchedule.ts';
import { edgeMs, ServiceTimes } from '../../../src/operators/serviceTimes.ts';

/** A repeatable source of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs jobs through a schedule on a clock of its own: how often it looked and how late it found out, over the second half. */
function simulate(schedule: PollSchedule, serviceMs: () => number, jobs = 4_000) {
  let looks = 0;
  let lateMs = 0;
  let totalMs = 0;
  for (let job = 0; job < jobs; job++) {
    const plan = schedule.plan();
    const doneMs = serviceMs();
    let atMs = plan.firstMs;
    let pendingMs = 0;
    for (let attempt = 1; ; attempt++) {
      if (job >= jobs / 2) looks += 1;
      if (atMs >= doneMs) break;
      const nextMs = plan.nextMs(atMs, attempt);
      expect(nextMs).toBeGreaterThan(atMs);
      pendingMs = atMs;
      atMs = nextMs;
    }
    plan.found(pendingMs, atMs);
    if (job >= jobs / 2) {
      lateMs += atMs - doneMs;
      totalMs += doneMs;
    }
  }
  return { looks: looks / (jobs / 2), overshoot: lateMs / totalMs };
}

function lognormal(random: () => number, medianMs: number, sigma: number): () => number {
  return () => medianMs * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

describe('adaptedSchedule', () => {
  it('looks once at a service that takes a constant time, and right after', () => {
    const random = seeded(1);
    const { looks, overshoot } = simulate(adaptedSchedule({ random }), () => 1_000 + 5 * random());
    expect(looks).toBeLessThan(1.2);
    expect(overshoot).toBeLessThan(0.05);
  });

  it('beats a geometric backoff in looks and in lateness at once', () => {
    const random = seeded(2);
    const service = lognormal(random, 2_000, 0.5);
    const adapted = simulate(adaptedSchedule({ random }), service);
    const geometric = simulate(backoffSchedule({ intervalMs: 250, multiplier: 1.5, maxIntervalMs: 60_000 }), service);
    expect(adapted.looks).toBeLessThan(3);
    expect(adapted.looks).toBeLessThan(geometric.looks);
    expect(adapted.overshoot).toBeLessThan(geometric.overshoot * 1.05);
  });

  it('follows a service that becomes slower, and one that becomes faster', () => {
    const random = seeded(3);
    const schedule = adaptedSchedule({ random });
    simulate(schedule, lognormal(random, 500, 0.1), 1_000);
    const slower = simulate(schedule, lognormal(random, 4_000, 0.1), 4_000);
    expect(slower.overshoot).toBeLessThan(0.25);
    const faster = simulate(schedule, lognormal(random, 500, 0.1), 4_000);
    expect(faster.overshoot).toBeLessThan(0.4);
    expect(faster.looks).toBeLessThan(3);
  });

  it('begins with 250 ms and waits half as long again each time, up to 5 s, while it knows nothing', () => {
    const plan = adaptedSchedule({ random: () => 0.5 }).plan();
    const looks = [plan.firstMs];
    for (let attempt = 1; attempt < 12; attempt++) looks.push(plan.nextMs(looks.at(-1) ?? 0, attempt));
    expect(looks.slice(0, 3)).toEqual([250, 625, 1187.5]);
    expect((looks.at(-1) ?? 0) - (looks.at(-2) ?? 0)).toBe(5_000);
  });

  it('looks for a failure within a few looks, cold or warm', () => {
    const random = seeded(4);
    const schedule = adaptedSchedule({ random });
    const cold = schedule.plan();
    simulate(schedule, () => 800, 200);
    for (const plan of [cold, schedule.plan()]) {
      const attempts = [1, 2, 3, 4, 5, 6, 7, 8].filter((attempt) => plan.looksForFailure(1_000, attempt));
      expect(attempts.length).toBeGreaterThanOrEqual(1);
      expect(attempts[0]).toBeLessThanOrEqual(3);
    }
  });
});

describe('backoffSchedule', () => {
  it('waits min(interval · multiplierⁿ⁻¹, max) after attempt n, and looks at once first', () => {
    const waits = (options: Parameters<typeof backoffSchedule>[0], count: number): number[] => {
      const plan = backoffSchedule(options).plan();
      expect(plan.firstMs).toBe(0);
      return Array.from({ length: count }, (_, i) => plan.nextMs(0, i + 1));
    };
    expect(waits({ intervalMs: 1_000, multiplier: 1.5, maxIntervalMs: 60_000 }, 3)).toEqual([1_000, 1_500, 2_250]);
    expect(waits({ intervalMs: 10_000, multiplier: 2, maxIntervalMs: 60_000 }, 4)).toEqual([
      10_000, 20_000, 40_000, 60_000,
    ]);
  });
});

describe('planPolls', () => {
  it('is never worse than any other plan of the same looks moved about', () => {
    const times = new ServiceTimes();
    const service = lognormal(seeded(5), 2_000, 0.5);
    for (let i = 0; i < 2_000; i++) {
      const ms = service();
      times.observe(ms * 0.999, ms);
    }
    const shares = times.shares();
    const costMs = 200;
    const cost = (looks: readonly number[]): number => {
      let sum = 0;
      shares.forEach((share, bin) => {
        const middle = (edgeMs(bin) + edgeMs(bin - 1)) / 2;
        const found = looks.findIndex((ms) => ms >= edgeMs(bin) - 1e-6);
        if (found >= 0) sum += share * ((looks[found] ?? 0) - middle + costMs * (found + 1));
      });
      return sum;
    };
    const best = planPolls(shares, costMs);
    expect(best).toEqual([...best].sort((a, b) => a - b));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: best.length, maxLength: best.length }),
        (moves) => {
          const moved = best
            .map((ms, i) => (i === best.length - 1 ? ms : ms * 1.03 ** (moves[i] ?? 0)))
            .sort((a, b) => a - b);
          expect(cost(moved)).toBeGreaterThanOrEqual(cost(best) * (1 - 1e-9));
        },
      ),
    );
  });
});

describe('ServiceTimes', () => {
  it('learns where times lie from intervals alone', () => {
    const times = new ServiceTimes();
    const random = seeded(6);
    for (let i = 0; i < 1_000; i++) {
      const low = 900 * random();
      times.observe(low, 1_000 + 900 * random()); // all that is known: above `low`, and at most so much
    }
    const shares = times.shares();
    const near = shares.reduce((sum, share, bin) => (edgeMs(bin) > 850 && edgeMs(bin) < 1_150 ? sum + share : sum), 0);
    expect(near).toBeGreaterThan(0.6);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });
});
