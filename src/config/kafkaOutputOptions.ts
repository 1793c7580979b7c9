import { z } from 'zod';
import { kafkaTransactionOptions } from './kafkaTransactionOptions.ts';
import { kafkaWriterOptions } from './kafkaWriterOptions.ts';

/** The rule of {@link kafkaOutputOptions}, for schemas that take its fields over. */
export const transactionRule: [
  (options: { transactional: boolean; transactionMs?: number | undefined }) => boolean,
  { path: string[]; error: string },
] = [
  ({ transactional, transactionMs }) => transactional || transactionMs === undefined,
  { path: ['transactionMs'], error: 'has no effect without `transactional: true`' },
];

/** How results are written to a Kafka topic, in transactions or not. */
export const kafkaOutputOptions = z
  .strictObject({ ...kafkaWriterOptions.shape, ...kafkaTransactionOptions.shape })
  .refine(...transactionRule);
export type KafkaOutputOptions = z.input<typeof kafkaOutputOptions>;
