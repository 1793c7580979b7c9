import { awsCall } from './awsCall.ts';
import { awsQuery } from './awsQuery.ts';
import { httpCall } from './httpCall.ts';
import type { LocalServicesOptions, LocalTable } from './localServices.ts';

/** How often a stream or table that is being created is looked at, in ms. */
const LOOK_EVERY_MS = 10;

/** Names of what to create, and where the services listen. */
export interface ResourceContext {
  readonly s3Url: string | undefined;
  readonly kinesisUrl: string | undefined;
  readonly dynamoDbUrl: string | undefined;
  readonly topicArn: (name: string) => string;
  readonly queueArn: (name: string) => string;
}

/** Creates the buckets, queues, topics, streams and tables that were asked for, through the services' own protocols. */
export async function createResources(options: LocalServicesOptions, context: ResourceContext): Promise<void> {
  const { s3Url, kinesisUrl, dynamoDbUrl } = context;
  const work: Promise<unknown>[] = [];
  if (s3Url !== undefined) {
    work.push(...(options.buckets ?? []).map((name) => createBucket(s3Url, name)));
    work.push(createTopics(s3Url, options, context));
  }
  if (kinesisUrl !== undefined) {
    work.push(...Object.entries(options.streams ?? {}).map(([name, shards]) => createStream(kinesisUrl, name, shards)));
  }
  if (dynamoDbUrl !== undefined) work.push(...(options.tables ?? []).map((table) => createTable(dynamoDbUrl, table)));
  await Promise.all(work);
}

async function createBucket(url: string, name: string): Promise<void> {
  const { status, bytes } = await httpCall(`${url}/${name}`, { method: 'PUT' });
  if (status !== 200) throw new Error(`bucket ${name} was refused: ${bytes.toString()}`);
}

async function createTopics(url: string, options: LocalServicesOptions, context: ResourceContext): Promise<void> {
  const topics = Object.entries(options.topics ?? {});
  const queues = new Set([...(options.queues ?? []), ...topics.flatMap(([, names]) => names)]);
  for (const QueueName of queues) await awsCall(url, 'AmazonSQS.CreateQueue', '1.0', { QueueName });
  for (const [name, subscribers] of topics) {
    await awsQuery(url, 'CreateTopic', { Name: name });
    for (const queue of subscribers) {
      const TopicArn = context.topicArn(name);
      await awsQuery(url, 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: context.queueArn(queue) });
    }
  }
}

async function createStream(url: string, StreamName: string, ShardCount: number): Promise<void> {
  await awsCall(url, 'Kinesis_20131202.CreateStream', '1.1', { StreamName, ShardCount });
  await active(async () => {
    const answer = await awsCall(url, 'Kinesis_20131202.DescribeStreamSummary', '1.1', { StreamName });
    return (answer as { StreamDescriptionSummary: { StreamStatus: string } }).StreamDescriptionSummary.StreamStatus;
  });
}

async function createTable(url: string, { name, hashKey, rangeKey }: LocalTable): Promise<void> {
  const keys = rangeKey === undefined ? [hashKey] : [hashKey, rangeKey];
  await awsCall(url, 'DynamoDB_20120810.CreateTable', '1.0', {
    TableName: name,
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
  await active(async () => {
    const answer = await awsCall(url, 'DynamoDB_20120810.DescribeTable', '1.0', { TableName: name });
    return (answer as { Table: { TableStatus: string } }).Table.TableStatus;
  });
}

async function active(status: () => Promise<string>): Promise<void> {
  while ((await status()) !== 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
