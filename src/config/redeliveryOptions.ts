import { z } from 'zod';
import { backoffOptions } from './backoffOptions.ts';

/** How often a failed tile is delivered before it goes to the dead letter. */
export const redeliveryOptions = z.strictObject({
  maxAttempts: z.int().positive().default(1).meta({
    unit: 'deliveries',
    description:
      'Deliveries of a tile by one process, as long as its failures may pass; then it goes to the dead letter. 1: at once.',
  }),
  backoff: backoffOptions.prefault({}),
});
export type RedeliveryOptions = z.input<typeof redeliveryOptions>;
