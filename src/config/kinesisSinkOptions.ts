import { z } from 'zod';
import { kinesisOptions } from './kinesisOptions.ts';
import { kinesisWriterOptions } from './kinesisWriterOptions.ts';

/** How records are written to a Kinesis stream, with how to reach it. */
export const kinesisSinkOptions = z.strictObject({ ...kinesisOptions.shape, ...kinesisWriterOptions.shape });
export type KinesisSinkOptions = z.input<typeof kinesisSinkOptions>;
