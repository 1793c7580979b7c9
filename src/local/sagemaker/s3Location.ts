/** An object in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key` and the two https forms of it; answers `undefined` when it is none. */
export function s3Location(uri: string): S3Location | undefined {
  const [, bucket, key] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ??
    /^https:\/\/s3[^/]*\.amazonaws\.com\/([^/]+)\/(.+)$/.exec(uri) ??
    /^https:\/\/([^/]+)\.s3[^/]*\.amazonaws\.com\/(.+)$/.exec(uri) ??
    [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}
