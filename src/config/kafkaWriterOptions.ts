import { z } from 'zod';
import { durationMs } from './durationMs.ts';
import { kafkaTopic } from './kafkaTopic.ts';

/** How records are written to a Kafka topic. */
export const kafkaWriterOptions = z.strictObject({
  topic: kafkaTopic.meta({ description: 'Topic to write to. It must exist.' }),
  lingerMs: durationMs(0).default(5).meta({
    unit: 'ms',
    description: 'How long a record waits for others to travel with: one by one costs 50 times the CPU.',
  }),
  batchBytes: z
    .int()
    .positive()
    .default(524_288)
    .meta({ unit: 'bytes', description: 'A batch of so many bytes is sent at once; a larger record travels alone.' }),
  compression: z
    .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    .default('none')
    .meta({ description: 'Codec of the batches. Images are compressed already.' }),
});
export type KafkaWriterOptions = z.input<typeof kafkaWriterOptions>;
