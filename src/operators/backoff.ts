import { type BackoffOptions, backoffOptions } from '../config/backoffOptions.ts';

/**
 * Exponential backoff with full jitter: the wait after attempt `n` lies anywhere below `min(maxMs, initialMs · factorⁿ⁻¹)`.
 *
 * @returns The wait in milliseconds after an attempt, counted from 1.
 * @example
 * const delayMs = backoff({ initialMs: 100 });
 * delayMs(3); // below 400
 */
export function backoff(options: BackoffOptions = {}, random: () => number = Math.random): (attempt: number) => number {
  const { initialMs, maxMs, factor } = backoffOptions.parse(options);
  return (attempt) => random() * Math.min(maxMs, initialMs * factor ** (attempt - 1));
}
