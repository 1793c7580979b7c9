import { z } from 'zod';
import { durationMs } from './durationMs.ts';
import { streamName } from './streamName.ts';

/** How a Kinesis stream is read. */
export const kinesisReaderOptions = z.strictObject({
  stream: streamName.meta({ description: 'Stream to read. It must exist.' }),
  from: z
    .union([z.enum(['earliest', 'latest']), z.iso.datetime({ offset: true })])
    .default('earliest')
    .meta({
      description: 'Where reading starts while the lease table is empty: `earliest`, `latest`, or a time in ISO 8601.',
    }),
  failoverMs: durationMs(100)
    .default(10_000)
    .meta({ unit: 'ms', description: 'A lease that nobody renewed for so long is taken over.' }),
  stealsAtOnce: z.int().positive().default(1).meta({
    unit: 'leases',
    description: 'Leases that are taken at one time from a worker that lives, so that all come to their share.',
  }),
  readIntervalMs: durationMs(200).default(250).meta({
    unit: 'ms',
    description: 'Time between two reads of a shard; Kinesis allows five a second, all readers together.',
  }),
  maxRecordsPerRead: z
    .int()
    .min(1)
    .max(10_000)
    .default(10_000)
    .meta({ unit: 'records', description: 'Records of one read; at most this many of each shard wait in memory.' }),
  shardSyncMs: durationMs().default(120_000).meta({
    unit: 'ms',
    description: 'Time between two looks for new shards; the children of a shard are looked for at its end, too.',
  }),
});
export type KinesisReaderOptions = z.input<typeof kinesisReaderOptions>;
