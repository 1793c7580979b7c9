import { ServiceError } from '../errors/serviceError.ts';

/** A place in S3. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

const scheme = 's3://';

/** Splits `s3://bucket/key`. @throws ServiceError when it is something else. */
export function parseS3Uri(uri: string): S3Place {
  const slash = uri.indexOf('/', scheme.length);
  if (!uri.startsWith(scheme) || slash <= scheme.length || slash === uri.length - 1) {
    throw new ServiceError('SERVICE_REFUSED', `${JSON.stringify(uri)} must be s3://bucket/key`, {
      operation: 's3',
      serviceCode: 'InvalidUri',
    });
  }
  return { bucket: uri.slice(scheme.length, slash), key: uri.slice(slash + 1) };
}
