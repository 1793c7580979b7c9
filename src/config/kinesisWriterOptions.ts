import { z } from 'zod';
import { durationMs } from './durationMs.ts';
import { streamName } from './streamName.ts';

/** How records are written to a Kinesis stream. */
export const kinesisWriterOptions = z.strictObject({
  stream: streamName.meta({ description: 'Stream to write to. It must exist.' }),
  lingerMs: durationMs(0)
    .default(5)
    .meta({ unit: 'ms', description: 'How long a record waits for others to travel with.' }),
  maxAttempts: z.int().positive().default(10).meta({
    unit: 'attempts',
    description: 'How often a record is sent before its write fails; only what failed is sent again.',
  }),
  aggregate: z.boolean().default(false).meta({
    description:
      'Packs the records for one shard into one, as the Kinesis Producer Library does: cheaper where they are small. Every reader must take them apart, as swath does; wants `kinesis:ListShards`.',
  }),
});
export type KinesisWriterOptions = z.input<typeof kinesisWriterOptions>;
