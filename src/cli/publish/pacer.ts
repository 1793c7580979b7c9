import { setTimeout as timeout } from 'node:timers/promises';

/** Clock and timer of a {@link pacer}; default those of the machine. */
export interface PacerParts {
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Makes a function that resolves `perSecond` times a second at most, evenly; at once where no rate is given.
 *
 * Of turns that were missed one is made up for, so that a pause is followed by the rate and not by a burst.
 */
export function pacer(
  perSecond: number | undefined,
  { now = () => performance.now(), sleep = (ms) => timeout(ms) }: PacerParts = {},
): () => Promise<void> {
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
