import { z } from 'zod';
import { backoffOptions } from '../../../src/config/backoffOptions.ts';

const sasl = z.discriminatedUnion('mechanism', [
  z.strictObject({ mechanism: z.literal('plain'), password: z.string().min(1).meta({ secret: true }) }),
  z.strictObject({ mechanism: z.literal('token'), token: z.string().meta({ secret: true }) }),
]);

/** Options of every kind that components have. */
export const exampleOptions = z.strictObject({
  kafka: z
    .strictObject({
      brokers: z
        .array(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port'))
        .min(1)
        .default(['127.0.0.1:9092'])
        .meta({ description: 'Brokers to ask | first.' }),
      ssl: z.union([z.boolean(), z.strictObject({ ca: z.string() })]).default(false),
      sasl: sasl.optional(),
    })
    .prefault({}),
  source: z.strictObject({
    topic: z.string().min(1).meta({ description: 'Topic to read.' }),
    order: z.enum(['none', 'key', 'partition']).default('none'),
    maxInFlight: z.int().positive().max(10_000).default(400).meta({ unit: 'tiles', description: 'Cap.' }),
    share: z.number().min(0).max(1).optional(),
    from: z.union([z.enum(['earliest', 'latest']), z.int()]).default('earliest'),
  }),
  backoff: backoffOptions.prefault({}),
  labels: z.record(z.string(), z.string()).default({}),
  drainMs: z.int().nonnegative().default(30_000),
});
