import { z } from 'zod';

/** How outputs and progress are committed together. */
export const kafkaTransactionOptions = z.strictObject({
  transactional: z.boolean().default(false).meta({
    description:
      'Results, dead letters and progress in one transaction: readers of committed records see each result exactly once.',
  }),
  transactionMs: z.int().positive().default(50).meta({
    unit: 'ms',
    description: 'How long results wait to be committed together; `lingerMs` has no meaning then.',
  }),
});
export type KafkaTransactionOptions = z.input<typeof kafkaTransactionOptions>;
