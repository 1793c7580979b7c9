import { ConfigurationError } from '../errors/configurationError.ts';
import { checkLocalOptions } from './checkLocalOptions.ts';
import { createResources } from './createResources.ts';
import type { ListenOptions } from './listenLocally.ts';
import type { LocalEnvironment, LocalServiceName, LocalServices, LocalServicesOptions } from './localServices.ts';
import { startSagemaker } from './sagemaker/startSagemaker.ts';
import { startDynamoDb } from './startDynamoDb.ts';
import { startKinesis } from './startKinesis.ts';
import { startS3SqsSns } from './startS3SqsSns.ts';

/** The account every stand-in says it is. */
const ACCOUNT = '000000000000';
/** Where nothing listens: for an endpoint whose S3 or SNS was left out. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * Starts stand-ins for the AWS services swath uses, in this process, on loopback, with all state in memory.
 *
 * @throws ConfigurationError for options that cannot be used, a port that is taken, or a package that is not installed.
 */
export async function startLocalServices(options: LocalServicesOptions = {}): Promise<LocalServices> {
  checkLocalOptions(options);
  const { region = 'us-east-1', host = '127.0.0.1', ports = {}, secondMs = 1000, seed = 1, endpoints = [] } = options;
  const running: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    // In reverse: the SageMaker endpoint writes to S3 until it is closed.
    for (const server of running.splice(0).reverse()) await server.close();
  };
  const start = async <S extends { close(): Promise<void> }>(
    names: readonly LocalServiceName[],
    run: () => Promise<S>,
  ): Promise<S | undefined> => {
    if (options.services && !names.some((name) => options.services?.includes(name))) return undefined;
    const server = await run();
    running.push(server);
    return server;
  };
  const listen = (name: keyof typeof ports): ListenOptions => ({
    host,
    port: ports[name] ?? 0,
    option: `ports.${name}`,
  });
  const topicArn = (name: string): string => `arn:aws:sns:${region}:${ACCOUNT}:${name}`;
  const queueArn = (name: string): string => `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;
  try {
    const s3 = await start(['s3', 'sqs', 'sns'], () => startS3SqsSns(listen('s3'), region));
    const kinesis = await start(['kinesis'], () => startKinesis(listen('kinesis')));
    const dynamoDb = await start(['dynamodb'], () => startDynamoDb(listen('dynamodb')));
    const context = { s3Url: s3?.url, kinesisUrl: kinesis?.url, dynamoDbUrl: dynamoDb?.url, topicArn, queueArn };
    await createResources(options, context);
    const s3EndpointUrl = options.s3EndpointUrl ?? s3?.url ?? NOWHERE;
    const snsEndpointUrl = options.snsEndpointUrl ?? s3?.url ?? NOWHERE;
    const sagemaker = await start(['sagemaker'], () =>
      startSagemaker({ listen: listen('sagemaker'), endpoints, s3EndpointUrl, snsEndpointUrl, region, secondMs, seed }),
    );
    const environment: LocalEnvironment = {
      ...(s3 && { AWS_ENDPOINT_URL_S3: s3.url, AWS_ENDPOINT_URL_SQS: s3.url, AWS_ENDPOINT_URL_SNS: s3.url }),
      ...(kinesis && { AWS_ENDPOINT_URL_KINESIS: kinesis.url }),
      ...(dynamoDb && { AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url }),
      ...(sagemaker && { AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: sagemaker.url }),
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    return {
      endpoints: environment,
      get sagemaker() {
        return sagemaker ?? notStarted('sagemaker');
      },
      queueUrl: (name) => (s3 === undefined ? notStarted('sqs') : `${s3.url}/${ACCOUNT}/${name}`),
      topicArn,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function notStarted(service: LocalServiceName): never {
  throw new ConfigurationError([{ field: 'services', rule: `must name ${service} to use it` }]);
}
