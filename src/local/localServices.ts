import type { LocalEndpoint } from './sagemaker/localEndpoint.ts';
import type { LocalSagemaker } from './sagemaker/localSagemaker.ts';

/** A service that has a stand-in. S3, SQS and SNS are one server: naming one starts the three. */
export type LocalServiceName = 's3' | 'sqs' | 'sns' | 'kinesis' | 'dynamodb' | 'sagemaker';

/** A DynamoDB table with string keys, on demand. */
export interface LocalTable {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
}

/** Options of {@link startLocalServices}. */
export interface LocalServicesOptions {
  /** Default all. */
  readonly services?: readonly LocalServiceName[];
  /** Address to listen on, default 127.0.0.1. */
  readonly host?: string;
  /** Default 0 each: any free port. The one of `s3` serves SQS and SNS too. */
  readonly ports?: Readonly<Partial<Record<'s3' | 'kinesis' | 'dynamodb' | 'sagemaker', number>>>;
  /** Default us-east-1. */
  readonly region?: string;
  readonly buckets?: readonly string[];
  /** Shards by stream name; the streams are ACTIVE when the services are handed over. */
  readonly streams?: Readonly<Record<string, number>>;
  readonly tables?: readonly LocalTable[];
  readonly queues?: readonly string[];
  /** Names of the queues that get a topic's messages, by topic name; the queues are created too. */
  readonly topics?: Readonly<Record<string, readonly string[]>>;
  readonly endpoints?: readonly LocalEndpoint[];
  /** S3 that the SageMaker endpoint reads and writes; default the one started here. */
  readonly s3EndpointUrl?: string;
  /** SNS that the SageMaker endpoint notifies; default the one started here. */
  readonly snsEndpointUrl?: string;
  /** Length of one second of RequestTTLSeconds and InvocationTimeoutSeconds, in ms; default 1000. Shorter in tests of expiry. */
  readonly secondMs?: number;
  /** Seed of faults and latencies, default 1. */
  readonly seed?: number;
}

/** Environment variables that point AWS clients at the stand-ins; those of services that were not started are absent. */
export interface LocalEnvironment {
  readonly AWS_ENDPOINT_URL_S3?: string;
  readonly AWS_ENDPOINT_URL_SQS?: string;
  readonly AWS_ENDPOINT_URL_SNS?: string;
  readonly AWS_ENDPOINT_URL_KINESIS?: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB?: string;
  readonly AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME?: string;
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

/** Stand-ins that run in this process. */
export interface LocalServices extends AsyncDisposable {
  readonly endpoints: LocalEnvironment;
  /** @throws ConfigurationError when SageMaker was not started. */
  readonly sagemaker: LocalSagemaker;
  /** @throws ConfigurationError when SQS was not started. */
  queueUrl(name: string): string;
  topicArn(name: string): string;
  /** Frees every handle; what was stored is gone. Idempotent. */
  close(): Promise<void>;
}
