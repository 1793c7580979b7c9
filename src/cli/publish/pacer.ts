import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes a function that resolves `perSecond` times a second at most, evenly; at once where no rate is given.
 *
 * Turns that were missed are not made up for, so that a pause is followed by the rate and not by a burst.
 */
export function pacer(perSecond: number | undefined, now: () => number = () => performance.now()): () => Promise<void> {
  if (perSecond === undefined) return async () => {};
  const stepMs = 1000 / perSecond;
  let nextMs = now();
  return async () => {
    const dueMs = nextMs;
    nextMs = Math.max(dueMs, now() - stepMs) + stepMs;
    const waitMs = dueMs - now();
    if (waitMs > 0) await sleep(waitMs);
  };
}
