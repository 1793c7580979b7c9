import { z } from 'zod';
import { kafkaOptions } from './kafkaOptions.ts';
import { kafkaOutputOptions, transactionRule } from './kafkaOutputOptions.ts';

/** How records are written to a Kafka topic, with how to reach it. */
export const kafkaSinkOptions = z
  .strictObject({ ...kafkaOptions.shape, ...kafkaOutputOptions.shape })
  .refine(...transactionRule);
export type KafkaSinkOptions = z.input<typeof kafkaSinkOptions>;
