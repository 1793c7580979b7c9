import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startLocalServices } from '../../src/local/startLocalServices.ts';

/** Settings of clients of the stand-ins. */
export const localAws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } } as const;

/** Kinesis and DynamoDB stand-ins, with a client that reads and writes behind the back of the code under test. */
export interface KinesisBench {
  readonly kinesis: string;
  readonly dynamodb: string;
  readonly client: KinesisClient;
  createStream(stream: string, shards: number): Promise<void>;
  /** Waits until a stream that was made or resharded can be used, and changed again. */
  active(stream: string): Promise<void>;
  deleteStream(stream: string): Promise<void>;
  /** Names of the shards, in their order. */
  shards(stream: string): Promise<string[]>;
  /** Puts records into one shard, in their order. */
  append(stream: string, shard: string, texts: readonly string[]): Promise<void>;
  /** Puts records wherever their keys take them, random ones where no key is given. */
  appendAnywhere(stream: string, texts: readonly string[], keyOf?: (text: string) => string): Promise<void>;
  /** Puts one record into a shard, whatever is in it. */
  appendBytes(stream: string, shard: string, data: Uint8Array): Promise<void>;
  /** Everything in a stream, shard after shard. */
  contents(stream: string): Promise<{ key: string; text: string }[]>;
  close(): Promise<void>;
}

/** Starts both stand-ins. */
export async function openKinesisBench(): Promise<KinesisBench> {
  const services = await startLocalServices({ services: ['kinesis', 'dynamodb'] });
  const bench = connectKinesisBench({
    kinesis: services.endpoints['AWS_ENDPOINT_URL_KINESIS'] ?? '',
    dynamodb: services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
  });
  return {
    ...bench,
    async close() {
      await bench.close();
      await services.close();
    },
  };
}

/** Uses stand-ins that run already. */
export function connectKinesisBench({ kinesis, dynamodb }: Pick<KinesisBench, 'kinesis' | 'dynamodb'>): KinesisBench {
  const client = new KinesisClient({ ...localAws, endpoint: kinesis, requestHandler: new NodeHttpHandler() });
  const hashKeyIn = async (stream: string, shard: string): Promise<string | undefined> =>
    (await listShards(stream)).find(({ ShardId }) => ShardId === shard)?.HashKeyRange?.StartingHashKey;
  const active = async (stream: string): Promise<void> => {
    const summary = new DescribeStreamSummaryCommand({ StreamName: stream });
    while ((await client.send(summary)).StreamDescriptionSummary?.StreamStatus !== 'ACTIVE') await sleep(10);
  };
  const listShards = async (stream: string) =>
    (await client.send(new ListShardsCommand({ StreamName: stream }))).Shards ?? [];
  const read = async (stream: string, shard: string): Promise<{ key: string; text: string }[]> => {
    const open = new GetShardIteratorCommand({ StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' });
    const found: { key: string; text: string }[] = [];
    let { ShardIterator: iterator } = await client.send(open);
    for (;;) {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      found.push(
        ...Records.map(({ PartitionKey = '', Data }) => ({
          key: PartitionKey,
          text: Buffer.from(Data ?? []).toString(),
        })),
      );
      if (Records.length === 0 || NextShardIterator === undefined) return found;
      iterator = NextShardIterator;
    }
  };
  return {
    kinesis,
    dynamodb,
    client,
    async createStream(stream, shards) {
      await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
      await active(stream);
    },
    active,
    async deleteStream(stream) {
      await client.send(new DeleteStreamCommand({ StreamName: stream }));
    },
    shards: async (stream) => (await listShards(stream)).map(({ ShardId = '' }) => ShardId),
    async append(stream, shard, texts) {
      const hash = await hashKeyIn(stream, shard);
      for (let i = 0; i < texts.length; i += 500) {
        const Records = texts
          .slice(i, i + 500)
          .map((text) => ({ PartitionKey: text.slice(0, 256), ExplicitHashKey: hash, Data: Buffer.from(text) }));
        await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
      }
    },
    async appendAnywhere(stream, texts, keyOf = () => randomUUID()) {
      const Records = texts.map((text) => ({ PartitionKey: keyOf(text), Data: Buffer.from(text) }));
      await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
    },
    async appendBytes(stream, shard, data) {
      const record = { PartitionKey: 'a', ExplicitHashKey: await hashKeyIn(stream, shard), Data: data };
      await client.send(new PutRecordsCommand({ StreamName: stream, Records: [record] }));
    },
    async contents(stream) {
      const all: { key: string; text: string }[] = [];
      for (const { ShardId = '' } of await listShards(stream)) all.push(...(await read(stream, ShardId)));
      return all;
    },
    close: async () => client.destroy(),
  };
}
