import type { S3Client } from '@aws-sdk/client-s3';
import { ModelRequestError } from './modelRequestError.ts';
import { payloadTooLarge } from './payloadTooLarge.ts';

/** Options of {@link s3Images}. */
export interface S3ImagesOptions {
  /** Default: made on first use from the SDK's own settings. */
  readonly s3?: S3Client;
  /** Buckets that requests may name; default every bucket the model's credentials may read. */
  readonly buckets?: readonly string[];
  readonly maxBytes: number;
}

/** Reads images that a request names instead of carrying them. */
export function s3Images({
  s3,
  buckets,
  maxBytes,
}: S3ImagesOptions): (bucket: string, key: string) => Promise<Uint8Array> {
  let client = s3;
  return async (bucket, key) => {
    if (buckets !== undefined && !buckets.includes(bucket)) {
      throw new ModelRequestError(400, `Bucket ${bucket} is not allowed, allowed are: ${buckets.join(', ') || 'none'}`);
    }
    const sdk = await import('@aws-sdk/client-s3');
    // A stand-in has no DNS name for each bucket, so the bucket goes into the path.
    client ??= new sdk.S3Client({
      forcePathStyle: (process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']) !== undefined,
    });
    try {
      const { Body: body, ContentLength: bytes = 0 } = await client.send(
        new sdk.GetObjectCommand({ Bucket: bucket, Key: key }),
      );
      if (body === undefined) throw new ModelRequestError(400, `S3 object s3://${bucket}/${key} has no content`);
      if (bytes > maxBytes) {
        if ('destroy' in body) body.destroy();
        throw payloadTooLarge(bytes, maxBytes);
      }
      return await body.transformToByteArray();
    } catch (error) {
      throw explained(error, bucket, key);
    }
  };
}

/** A missing object is the request's mistake; anything else is the model's trouble and stays as it is. */
function explained(error: unknown, bucket: string, key: string): unknown {
  if (!(error instanceof Error)) return error;
  if (['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes(error.name)) {
    return new ModelRequestError(400, `S3 object s3://${bucket}/${key} not found`, { cause: error });
  }
  if (error.name === 'AccessDenied' || error.name === 'Forbidden') {
    return new Error(
      `s3://${bucket}/${key}: the model's role lacks s3:GetObject, or s3:ListBucket and the object is missing`,
      {
        cause: error,
      },
    );
  }
  return error;
}
