import { z } from 'zod';

/** Name of an S3 bucket; S3 itself wants at least 3 characters, other stores do not. */
export const bucketName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'must be at most 63 lower case letters, digits, dots or dashes');
