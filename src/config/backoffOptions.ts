import { z } from 'zod';
import { durationMs } from './durationMs.ts';

/** Exponential backoff with full jitter. */
export const backoffOptions = z
  .strictObject({
    initialMs: durationMs().default(500).meta({ unit: 'ms', description: 'Ceiling of the first delay.' }),
    maxMs: durationMs().default(15_000).meta({ unit: 'ms', description: 'Ceiling that no later delay exceeds.' }),
    factor: z.number().min(1).default(2).meta({ unit: 'ratio', description: 'Growth of the ceiling per attempt.' }),
  })
  .refine((o) => o.maxMs >= o.initialMs, { path: ['maxMs'], error: 'must be at least initialMs' });

export type BackoffOptions = z.input<typeof backoffOptions>;
