import { z } from 'zod';

/** Name of an S3 bucket, by the rules of S3. */
export const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be 3 to 63 lower case letters, digits, dots or dashes');
