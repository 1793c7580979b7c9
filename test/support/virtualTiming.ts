import type { Timing } from '../../src/aws/timing.ts';
import { seededRandom } from '../../src/local/seededRandom.ts';

/** A clock that moves only when a test says so. */
export interface VirtualTiming extends Timing {
  /** Moves on, and lets everything happen that is due, in its order. */
  advance(ms: number): Promise<void>;
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

export function virtualTiming(seed = 1): VirtualTiming {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    random: seededRandom(seed),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const sleeper = {
          atMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', sleeper.wake, { once: true });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        nowMs = next.atMs;
        next.wake();
        await settle();
      }
      nowMs = endMs;
    },
  };
}
