import { z } from 'zod';
import { kafkaOptions } from './kafkaOptions.ts';
import { kafkaTransactionOptions } from './kafkaTransactionOptions.ts';
import { kafkaWriterOptions } from './kafkaWriterOptions.ts';

/** How records are written to a Kafka topic, with how to reach it. */
export const kafkaSinkOptions = z.strictObject({
  ...kafkaOptions.shape,
  ...kafkaWriterOptions.shape,
  ...kafkaTransactionOptions.shape,
});
export type KafkaSinkOptions = z.input<typeof kafkaSinkOptions>;
