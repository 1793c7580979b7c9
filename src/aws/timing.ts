import { setTimeout } from 'node:timers/promises';

/** Time and chance, as the parts of the Kinesis reader use them. */
export interface Timing {
  /** Monotonic clock in milliseconds: leases expire by it, so that a clock set back or forth takes nobody's lease. */
  nowMs(): number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

/** The clock and the chance of the process. */
export const systemTiming: Timing = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  random: Math.random,
};
