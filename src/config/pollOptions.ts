import { z } from 'zod';
import { durationMs } from './durationMs.ts';

/** When to look for an outcome, where the times between are fixed beforehand: the `backoff` way of completion. */
export const pollOptions = z
  .strictObject({
    intervalMs: durationMs().default(1000).meta({ unit: 'ms', description: 'Wait after the first look.' }),
    multiplier: z.number().min(1).default(1.5).meta({ unit: 'ratio', description: 'Growth of the wait per look.' }),
    maxIntervalMs: durationMs().default(15_000).meta({ unit: 'ms', description: 'Longest wait between two looks.' }),
  })
  .refine((o) => o.maxIntervalMs >= o.intervalMs, { path: ['maxIntervalMs'], error: 'must be at least intervalMs' });

export type PollOptions = z.input<typeof pollOptions>;
