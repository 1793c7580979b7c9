import { beforeEach, expect, it } from 'vitest';
import { untilIdle } from '../../../src/cli/run/untilIdle.ts';
import { progressOf, type RunProgress } from '../../../src/telemetry/runProgress.ts';

let progress: RunProgress;
const stop = new AbortController();
beforeEach(() => {
  progress = progressOf(new AbortController().signal);
  progress.sources = 1;
});
/** Waits in virtual time; answers after how long the run counted as idle. */
const idleAfter = async (script: (ms: number) => void, signal = stop.signal): Promise<number | undefined> => {
  let ms = 0;
  const sleep = async (): Promise<void> => {
    ms += 50;
    script(ms);
  };
  const isIdle = await untilIdle(progress, { idleMs: 1000, signal, now: () => ms, sleep });
  return isIdle ? ms : undefined;
};

it('counts from the last record', async () => {
  const at = await idleAfter((ms) => {
    progress.caughtUp = 1;
    if (ms === 500 || ms === 1200) progress.read += 1;
  });
  expect(at).toBe(2200);
});

it('does not count while something is in flight', async () => {
  const at = await idleAfter((ms) => {
    progress.caughtUp = 1;
    progress.inFlight = ms < 5000 ? 1 : 0;
  });
  expect(at).toBe(6000);
});

it('does not count before all that lay in the log was delivered', async () => {
  const at = await idleAfter((ms) => {
    progress.partitions = 1;
    progress.caughtUp = ms < 7000 ? 0 : 1;
  });
  expect(at).toBe(8000);
});

it('waits for each source', async () => {
  progress.sources = 2;
  const at = await idleAfter((ms) => {
    progress.caughtUp = ms < 3000 ? 1 : 2;
  });
  expect(at).toBe(4000);
});

it('counts anew when partitions are given out, however soon they are', async () => {
  const at = await idleAfter((ms) => {
    progress.caughtUp = 1;
    if (ms === 800) progress.turns += 2; // away and back between two looks
  });
  expect(at).toBe(1800);
});

it('ends with the run', async () => {
  const end = new AbortController();
  const at = await idleAfter((ms) => {
    if (ms === 400) end.abort();
  }, end.signal);
  expect(at).toBeUndefined();
});
