import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLatencyMs, type Latency } from '../../../src/local/latency.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';

const draws = (latency: Latency, seed = 1): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 4_001 }, () => drawLatencyMs(latency, random)).sort((a, b) => a - b);
};

describe('drawLatencyMs', () => {
  it('is constant for a number', () => {
    expect(new Set(draws(250))).toEqual(new Set([250]));
  });

  it('stays between the ends of a range and reaches into both halves', () => {
    const drawn = draws({ fromMs: 100, toMs: 200 });
    expect(drawn[0]).toBeGreaterThanOrEqual(100);
    expect(drawn[0]).toBeLessThan(105);
    expect(drawn.at(-1)).toBeLessThanOrEqual(200);
    expect(drawn.at(-1)).toBeGreaterThan(195);
  });

  it('has the median and the spread of a lognormal distribution', () => {
    const drawn = draws({ medianMs: 1_000, sigma: 0.5 });
    expect(Math.abs((drawn[2_000] ?? 0) - 1_000)).toBeLessThan(50);
    expect(Math.abs((drawn[Math.round(4_001 * 0.8413)] ?? 0) - 1_000 * Math.exp(0.5))).toBeLessThan(120);
  });

  it('never goes below zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 1_000 }), fc.integer(), (ms, seed) => {
        expect(drawLatencyMs({ fromMs: -ms, toMs: ms }, seededRandom(seed))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('seededRandom', () => {
  it('repeats for the same seed, and stays in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [a, b] = [seededRandom(seed), seededRandom(seed)];
        for (let i = 0; i < 20; i++) {
          const drawn = a();
          expect(drawn).toBe(b());
          expect(drawn >= 0 && drawn < 1).toBe(true);
        }
      }),
    );
  });
});
