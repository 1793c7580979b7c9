import { z } from 'zod';

/** How to reach Amazon Kinesis, and where the leases lie. */
export const kinesisOptions = z.strictObject({
  leaseTable: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{3,255}$/, 'must be 3 to 255 letters, digits, dots, underscores or dashes')
    .default('swath')
    .meta({
      description:
        'DynamoDB table of the leases, in the format of the Kinesis Client Library; made when it is missing. Processes with one table share a stream.',
    }),
  region: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'AWS region; `AWS_REGION` and the SDK’s other settings where absent.' }),
});
export type KinesisOptions = z.input<typeof kinesisOptions>;
