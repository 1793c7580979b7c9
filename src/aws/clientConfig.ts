import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { AwsOptions } from './awsOptions.ts';
import { type AwsService, checkEndpoint } from './checkEndpoint.ts';
import { clientRegions } from './clientRegions.ts';

/** Settings that every SDK client of swath is made with. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
  readonly cacheMiddleware: boolean;
  /** Handed on to the SDK's chain of credentials: a profile's file is read again when new ones are asked for, not remembered from the start. */
  readonly ignoreCache: boolean;
}

/** What every client of swath keeps to. */
export const clientLimits = {
  /**
   * Requests per call. The second one is for a socket that the service had just closed and for a single hiccup; whatever lasts
   * longer is retried by the stage, which knows the tile's deadline.
   */
  maxAttempts: 2,
  connectionTimeoutMs: 5_000,
  socketTimeoutMs: 120_000,
} as const;

/**
 * Makes the settings of an SDK client: kept sockets, a known number of attempts, a middleware stack resolved once.
 *
 * HTTP/1.1 for all services: the default handler of Kinesis speaks HTTP/2, which fails on `http://` endpoints.
 *
 * @throws ConfigurationError when the endpoint that is set for the service is no URL.
 */
export function clientConfig(options: AwsOptions, service: AwsService): ClientConfig {
  const { region, endpoint, credentials, concurrency = 50, timeoutMs = clientLimits.socketTimeoutMs } = options;
  checkEndpoint(service, endpoint);
  clientRegions.add(region);
  const agent = { keepAlive: true, maxSockets: concurrency };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.min(timeoutMs, clientLimits.connectionTimeoutMs),
      socketTimeout: timeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    }),
    retryMode: 'standard',
    maxAttempts: clientLimits.maxAttempts,
    cacheMiddleware: true,
    ignoreCache: true,
  };
}
