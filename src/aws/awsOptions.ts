import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { CallCounter } from './callCounter.ts';

/** What became of one request, seen inside the SDK's retries: a throttle that was retried to success is still seen here. */
export interface Attempt {
  /** Service and operation, like `s3.GetObject`. */
  readonly operation: string;
  readonly outcome: 'answered' | 'throttled' | 'failed';
}

/**
 * Options of every AWS adapter. What is absent comes from the SDK's own settings (credential chain, `AWS_REGION`,
 * `AWS_ENDPOINT_URL_…`).
 */
export interface AwsOptions {
  readonly region?: string | undefined;
  /** Base URL of the service, instead of the region's. */
  readonly endpoint?: string | undefined;
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider | undefined;
  /** Requests at the same time, which is the number of sockets kept open; default 50. */
  readonly concurrency?: number | undefined;
  /** How long a connection may be silent while an answer is awaited, in milliseconds; default 10,000 for S3, 20,000 for Kinesis, 1,000 for the
   * lease table, else 120,000.
   */
  readonly timeoutMs?: number | undefined;
  /** Default {@link awsCalls}. */
  readonly calls?: CallCounter | undefined;
  /** Hears of every request; must not throw. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined;
}
