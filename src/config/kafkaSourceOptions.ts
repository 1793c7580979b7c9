import { z } from 'zod';
import { kafkaOptions } from './kafkaOptions.ts';
import { kafkaReaderOptions } from './kafkaReaderOptions.ts';

/** How a Kafka topic is read, with how to reach it. */
export const kafkaSourceOptions = z.strictObject({ ...kafkaOptions.shape, ...kafkaReaderOptions.shape });
export type KafkaSourceOptions = z.input<typeof kafkaSourceOptions>;
