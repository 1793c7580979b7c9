import { z } from 'zod';
import { kinesisOptions } from './kinesisOptions.ts';
import { kinesisReaderOptions } from './kinesisReaderOptions.ts';

/** How a Kinesis stream is read, with how to reach it. */
export const kinesisSourceOptions = z.strictObject({ ...kinesisOptions.shape, ...kinesisReaderOptions.shape });
export type KinesisSourceOptions = z.input<typeof kinesisSourceOptions>;
