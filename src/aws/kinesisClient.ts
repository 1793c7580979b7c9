import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { AwsOptions } from './awsOptions.ts';
import { clientConfig } from './clientConfig.ts';
import { prepareClient } from './prepareClient.ts';

/** Kinesis answers within a second or two; a connection that died in silence must not hold a shard up for long. */
const defaultTimeoutMs = 20_000;

/** Makes an SDK client of Kinesis with the settings and the counting of all adapters. */
export function kinesisClient(options: AwsOptions): KinesisClient {
  const client = new KinesisClient(
    clientConfig({ ...options, timeoutMs: options.timeoutMs ?? defaultTimeoutMs }, 'KINESIS'),
  );
  // It takes each request and answer apart for a logger that is not there: several percent of what a record costs.
  client.middlewareStack.remove('loggerMiddleware');
  prepareClient(client, 'kinesis', options);
  return client;
}
