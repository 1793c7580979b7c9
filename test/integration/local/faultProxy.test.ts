import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { type FaultProxy, slowDown, startFaultProxy, throughputExceeded } from '../../support/faultProxy.ts';
import { localClients } from './localClients.ts';

describe('startFaultProxy', () => {
  let services: LocalServices;
  let clients: ReturnType<typeof localClients>;
  let proxies: Record<'s3' | 'kinesis' | 'dynamoDb', FaultProxy>;

  beforeEach(async () => {
    services = await startLocalServices({
      services: ['s3', 'kinesis', 'dynamodb'],
      buckets: ['in-bucket'],
      streams: { tiles: 1 },
      tables: [{ name: 'swath', hashKey: 'leaseKey' }],
    });
    const { endpoints } = services;
    const inFrontOf = (url: string | undefined) => startFaultProxy({ target: url ?? '' });
    proxies = {
      s3: await inFrontOf(endpoints.AWS_ENDPOINT_URL_S3),
      kinesis: await inFrontOf(endpoints.AWS_ENDPOINT_URL_KINESIS),
      dynamoDb: await inFrontOf(endpoints.AWS_ENDPOINT_URL_DYNAMODB),
    };
    clients = localClients({
      endpoints: {
        ...endpoints,
        AWS_ENDPOINT_URL_S3: proxies.s3.url,
        AWS_ENDPOINT_URL_KINESIS: proxies.kinesis.url,
        AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamoDb.url,
      },
    });
  });
  afterEach(async () => {
    clients[Symbol.dispose]();
    for (const proxy of Object.values(proxies)) await proxy.close();
    await services.close();
  });

  const put = (Key: string) => clients.s3.send(new PutObjectCommand({ Bucket: 'in-bucket', Key, Body: 'tile' }));
  const get = async (Key: string) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'in-bucket', Key }));
    return Body?.transformToString();
  };

  it('passes everything on until told otherwise', async () => {
    await put('a');
    expect(await get('a')).toBe('tile');
    expect(proxies.s3.counts).toEqual({ forwarded: 2, struck: 0 });
  });

  it('answers in place of the service, as often as it was told, to the requests it was told', async () => {
    proxies.s3.inject({ ...slowDown, times: 1, when: ({ method }) => method === 'GET' });
    await put('a');
    await expect(get('a')).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    expect(await get('a')).toBe('tile');
  });

  it('throttles Kinesis in its own words', async () => {
    proxies.kinesis.inject({ ...throughputExceeded, times: 1 });
    const Records = [{ PartitionKey: 'k', Data: Buffer.from('tile') }];
    const send = () => clients.kinesis.send(new PutRecordsCommand({ StreamName: 'tiles', Records }));
    await expect(send()).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    expect((await send()).FailedRecordCount).toBe(0);
  });

  it('resets before anything took effect', async () => {
    proxies.s3.inject({ kind: 'reset', times: 1 });
    await expect(put('a')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('lets a write take effect and tells nobody', async () => {
    proxies.dynamoDb.inject({ kind: 'dropAnswer', times: 1 });
    const Key = { leaseKey: { S: 'shard-0' } };
    const write = { TableName: 'swath', Item: Key, ConditionExpression: 'attribute_not_exists(leaseKey)' };
    await expect(clients.dynamoDb.send(new PutItemCommand(write))).rejects.toMatchObject({ code: 'ECONNRESET' });
    const { Item } = await clients.dynamoDb.send(new GetItemCommand({ TableName: 'swath', Key }));
    expect(Item).toEqual(Key);
    await expect(clients.dynamoDb.send(new PutItemCommand(write))).rejects.toThrow(/conditional/i);
  });

  it('delays, and stops when the fault is taken away', async () => {
    const remove = proxies.s3.inject({ kind: 'delay', delayMs: 20 });
    await put('a');
    remove();
    await put('b');
    expect(proxies.s3.counts).toEqual({ forwarded: 2, struck: 1 });
  });
});
