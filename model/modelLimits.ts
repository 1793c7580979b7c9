/** What one request may ask of the model; every bound is checked before the work it bounds. */
export interface ModelLimits {
  /** Bytes of a request's body or of the S3 object it names; default 100 MiB. */
  readonly maxBodyBytes: number;
  /** Pixels of an image, from its header; default 50,000,000 (rooms needs about 20 bytes for each). */
  readonly maxPixels: number;
  /** Longest side of an image in pixels, from its header; default 30,000. */
  readonly maxSidePixels: number;
  /** Requests that wait for a free worker; one more is answered 503. Default 64. */
  readonly maxWaiting: number;
  /** Time one inference may take on a worker before the worker is replaced, in ms; default 600,000. */
  readonly inferTimeoutMs: number;
}

/** The limits that hold where nothing else is said. */
export const defaultLimits: ModelLimits = {
  maxBodyBytes: 100 * 1024 * 1024,
  maxPixels: 50_000_000,
  maxSidePixels: 30_000,
  maxWaiting: 64,
  inferTimeoutMs: 600_000,
};
