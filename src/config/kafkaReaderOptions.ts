import { z } from 'zod';
import { durationMs } from './durationMs.ts';
import { kafkaTopic } from './kafkaTopic.ts';

/** How a consumer group reads a Kafka topic. */
export const kafkaReaderOptions = z.strictObject({
  topic: kafkaTopic.meta({ description: 'Topic to read. It must exist.' }),
  groupId: z
    .string()
    .min(1)
    .default('swath')
    .meta({ description: 'Consumer group: its members share the partitions.' }),
  from: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .meta({ description: 'Where a partition starts that the group never committed.' }),
  sessionTimeoutMs: durationMs(1000)
    .default(15_000)
    .meta({ unit: 'ms', description: 'A member that was silent for so long is replaced.' }),
  bufferBytes: z.int().positive().default(33_554_432).meta({
    unit: 'bytes',
    description:
      'Records fetched ahead of what is in flight, over all partitions; one fetch more may come, of at most 64 MiB unpacked.',
  }),
});
export type KafkaReaderOptions = z.input<typeof kafkaReaderOptions>;
