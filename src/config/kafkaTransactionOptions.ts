import { z } from 'zod';
import { durationMs } from './durationMs.ts';

/** How long results wait where it is not said, in milliseconds. */
export const defaultTransactionMs = 50;

/** How outputs and progress are committed together. */
export const kafkaTransactionOptions = z.strictObject({
  transactional: z.boolean().default(false).meta({
    description:
      'Results, dead letters and progress in one transaction: readers of committed records see each result exactly once.',
  }),
  transactionMs: durationMs().optional().meta({
    default: defaultTransactionMs, // filled in by kafkaTransactions: an option that was not given is none without effect
    unit: 'ms',
    description:
      'How long results wait to be committed together. Only with `transactional`; `lingerMs` has no meaning then.',
  }),
});
export type KafkaTransactionOptions = z.input<typeof kafkaTransactionOptions>;
