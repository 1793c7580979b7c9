import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { localClients } from './localClients.ts';

describe('startLocalServices', () => {
  it('creates what was asked for, and the SDK clients can use it', async () => {
    await using services = await startLocalServices({
      buckets: ['in-bucket'],
      streams: { tiles: 2, results: 1 },
      tables: [{ name: 'swath', hashKey: 'leaseKey' }],
    });
    using clients = localClients(services);

    const put = { Bucket: 'in-bucket', Key: 'a b/ü+%20.png', Body: Buffer.from('tile'), ContentType: 'image/png' };
    await clients.s3.send(new PutObjectCommand(put));
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: 'in-bucket', Key: put.Key }));
    expect([got.ContentType, await got.Body?.transformToString()]).toEqual(['image/png', 'tile']);

    const stream = { StreamName: 'tiles' };
    const { StreamDescriptionSummary: summary } = await clients.kinesis.send(new DescribeStreamSummaryCommand(stream));
    expect(summary).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount: 2 });
    const Records = [{ PartitionKey: 'k', Data: Buffer.from([0, 255, 10]) }];
    const sent = await clients.kinesis.send(new PutRecordsCommand({ ...stream, Records }));
    const ShardId = sent.Records?.[0]?.ShardId;
    const start = { ...stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await clients.kinesis.send(new GetShardIteratorCommand(start));
    const read = await clients.kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect(read.Records?.map(({ Data }) => [...(Data ?? [])])).toEqual([[0, 255, 10]]);

    const TableName = 'swath';
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    const item = {
      TableName,
      Item: { leaseKey: { S: 'shard-0' } },
      ConditionExpression: 'attribute_not_exists(leaseKey)',
    };
    await clients.dynamoDb.send(new PutItemCommand(item));
    await expect(clients.dynamoDb.send(new PutItemCommand(item))).rejects.toThrow(/conditional/i);
  });

  it('starts only the services it was asked for', async () => {
    await using services = await startLocalServices({ services: ['kinesis'], region: 'eu-central-1' });
    expect(Object.keys(services.endpoints).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_ENDPOINT_URL_KINESIS',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
    ]);
    expect(services.endpoints.AWS_REGION).toBe('eu-central-1');
    expect(() => services.sagemaker).toThrow('services: must name sagemaker to use it');
    expect(() => services.queueUrl('q')).toThrow('services: must name sqs to use it');
  });

  it('takes an object larger than any single request limit of its parts', async () => {
    await using services = await startLocalServices({ services: ['s3'], buckets: ['in-bucket'] });
    using clients = localClients(services);
    const Body = Buffer.alloc(20 * 1024 * 1024, 7);
    await clients.s3.send(new PutObjectCommand({ Bucket: 'in-bucket', Key: 'large', Body }));
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: 'in-bucket', Key: 'large' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
  });

  it('listens on loopback alone', async () => {
    await using services = await startLocalServices();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    const urls = Object.entries(services.endpoints).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
    expect(urls).toHaveLength(6);
    for (const [, url] of urls) {
      const { hostname, port } = new URL(url);
      expect(hostname).toBe('127.0.0.1');
      if (outside) expect(await canConnect(outside.address, Number(port))).toBe(false);
    }
  });

  it('names the port that is taken, and leaves nothing running', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    for (const name of ['s3', 'kinesis', 'dynamodb', 'sagemaker'] as const) {
      const started = startLocalServices({ ports: { [name]: port } });
      await expect(started).rejects.toThrow(
        new ConfigurationError([{ field: `ports.${name}`, rule: 'must be a free port', value: port }]),
      );
    }
    await new Promise((resolve) => taken.close(resolve));
  });

  it('frees its ports when it is closed, more than once too', async () => {
    const services = await startLocalServices({ streams: { tiles: 1 } });
    using clients = localClients(services);
    await clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: 'tiles' }));
    const urls = Object.entries(services.endpoints).flatMap(([name, url]) =>
      name.includes('_URL_') ? [new URL(url)] : [],
    );
    await services.close();
    await services.close();
    for (const { port } of urls) expect(await canConnect('127.0.0.1', Number(port))).toBe(false);
  });

  it('prints nothing, and leaves nothing that holds the process or listens to it', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/startAndClose.ts')]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk));
    const [code] = await once(child, 'close');
    expect([code, printed]).toEqual([0, '']);
  });

  it('survives a client that goes away in the middle of a request', async () => {
    await using services = await startLocalServices({
      streams: { tiles: 1 },
      tables: [{ name: 'swath', hashKey: 'leaseKey' }],
    });
    using clients = localClients(services);
    for (const [name, url] of Object.entries(services.endpoints))
      if (name.includes('_URL_')) await sendHalf(new URL(url));
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName: 'swath' }));
    const summary = await clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: 'tiles' }));
    expect([Table?.TableStatus, summary.StreamDescriptionSummary?.StreamStatus]).toEqual(['ACTIVE', 'ACTIVE']);
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.destroy(new Error('it listens')));
    socket.on('error', ({ message }) => resolve(message === 'it listens'));
  });
}

function sendHalf({ hostname, port }: URL): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half":', () => {
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
    });
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
}
