import { z } from 'zod';
import { longestTimerMs } from './longestTimerMs.ts';

/** Schema of a time in milliseconds, from `leastMs` up to what a timer can wait. */
export function durationMs(leastMs = 1): z.ZodInt {
  return z.int().min(leastMs).max(longestTimerMs);
}
