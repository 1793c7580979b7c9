import { z } from 'zod';
import { bucketName } from './bucketName.ts';
import { durationMs } from './durationMs.ts';
import { pollOptions } from './pollOptions.ts';

const prefix = z
  .string()
  .regex(/^(?!\/)[^\p{Cc}]{0,512}$/u, 'must not begin with a slash, and have at most 512 characters');

/** A SageMaker asynchronous endpoint, and where its inputs and outputs lie. */
export const asyncEndpointOptions = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'must be 1 to 63 letters, digits or dashes')
    .meta({ description: 'Name of the endpoint.' }),
  inputBucket: bucketName.meta({ description: 'Bucket for payloads that are too large to travel inline.' }),
  inputPrefix: prefix.default('async-inference/input/').meta({ description: 'Begins the keys of inputs.' }),
  outputBucket: bucketName.meta({ description: 'Bucket of the endpoint’s S3OutputPath.' }),
  outputPrefix: prefix.default('async-inference/output/').meta({
    description:
      'Key prefix of the endpoint’s S3OutputPath, so that the output of a repeated tile is found before it is paid for again.',
  }),
  failurePrefix: prefix.optional().meta({
    description:
      'Key prefix of the endpoint’s S3FailurePath in the same bucket; learnt from its first answer where absent.',
  }),
  allowedBuckets: z
    .array(bucketName)
    .optional()
    .meta({ description: 'Buckets that records may point into; the input bucket alone where absent.' }),
  completion: z.enum(['backoff', 'adapted']).default('adapted').meta({
    description:
      'How the outcome is waited for: `backoff` polls at growing intervals, `adapted` when it is likely there.',
  }),
  poll: pollOptions.prefault({}).meta({ description: 'Intervals of the completion `backoff`.' }),
  concurrency: z
    .int()
    .positive()
    .default(200)
    .meta({ unit: 'tiles', description: 'Tiles that are uploaded, inferred or waited for at the same time.' }),
  deadlineMs: z.int().positive().max(21_600_000).default(900_000).meta({
    unit: 'ms',
    description:
      'Limit for one tile, from its upload to its result; queueing, inference and waiting out of throttling end by then.',
  }),
  timeoutMs: durationMs().default(30_000).meta({ unit: 'ms', description: 'Limit for one attempt of one call.' }),
  accept: z.string().min(1).max(1024).optional().meta({ description: 'Media type the model is asked to answer in.' }),
  maxResultBytes: z
    .int()
    .positive()
    .default(104_857_600)
    .meta({ unit: 'bytes', description: 'Size of the largest result that is read.' }),
  region: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'AWS region; `AWS_REGION` and the SDK’s other settings where absent.' }),
});
export type AsyncEndpointOptions = z.input<typeof asyncEndpointOptions>;
