import { type PollOptions, pollOptions } from '../config/pollOptions.ts';
import type { PollPlan, PollSchedule } from './pollSchedule.ts';

/**
 * Looks at once, then waits `min(intervalMs · multiplierⁿ⁻¹, maxIntervalMs)` after attempt `n`. No jitter: the waits are what was asked for.
 *
 * @example
 * awaitResult({ endpoint, schedule: backoffSchedule({ intervalMs: 1_000, multiplier: 1.5, maxIntervalMs: 10_000 }) })
 */
export function backoffSchedule(options: PollOptions = {}): PollSchedule {
  const { intervalMs, maxIntervalMs, multiplier } = pollOptions.parse(options);
  const plan: PollPlan = {
    firstMs: 0,
    nextMs: (sinceMs, attempt) => sinceMs + Math.min(intervalMs * multiplier ** (attempt - 1), maxIntervalMs),
    looksForFailure: () => true,
    found: () => undefined,
  };
  return { plan: () => plan };
}
