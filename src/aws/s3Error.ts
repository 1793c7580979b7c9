import type { SwathError } from '../errors/swathError.ts';
import type { S3Place } from './parseS3Uri.ts';
import { toServiceError } from './toServiceError.ts';

/**
 * Turns what a call to S3 threw into an error that says what to do.
 *
 * S3 answers 403 for an object that is not there to whom it does not let list the bucket; so the message names both permissions.
 */
export function s3Error(error: unknown, operation: string, { bucket, key }: S3Place): SwathError {
  const object = `arn:aws:s3:::${bucket}/${key}`;
  const hidden = `s3:GetObject on ${object}, or the object does not exist and s3:ListBucket on arn:aws:s3:::${bucket}`;
  const permission = operation === 'GetObject' || operation === 'HeadObject' ? hidden : `s3:${operation} on ${object}`;
  return toServiceError(error, { operation: `s3.${operation}`, subject: `s3://${bucket}/${key}`, permission });
}
