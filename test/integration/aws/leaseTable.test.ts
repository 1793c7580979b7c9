import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { kinesisReader } from '../../../src/aws/kinesisReader.ts';
import { replayMarks } from '../../../src/aws/replayMarks.ts';
import { systemTiming, type Timing } from '../../../src/aws/timing.ts';
import type { LeaseStore } from '../../../src/ports/leaseStore.ts';
import type { RecordReader } from '../../../src/ports/recordReader.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { followReader } from '../../support/contracts/followReader.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
let proxy: FaultProxy;
let client: DynamoDBClient;
let stream: string;
let store: LeaseStore;
const opened: RecordReader<StreamRecord>[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
  proxy = await startFaultProxy({ target: bench.dynamodb });
  client = new DynamoDBClient({ ...localAws, endpoint: bench.dynamodb });
});
beforeEach(() => {
  stream = `tiles-${randomUUID()}`;
  store = dynamoLeaseStore({ ...localAws, endpoint: proxy.url, table: stream });
});
afterEach(async () => {
  proxy.clear();
  for (const reader of opened.splice(0)) await reader.close();
  store.close();
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await bench.close();
});

const open = (timing: Timing = systemTiming) => {
  const own = dynamoLeaseStore({ ...localAws, endpoint: proxy.url, table: stream });
  const reader = kinesisReader(
    { stream, leaseTable: stream, region: 'us-east-1', failoverMs: 600, readIntervalMs: 200, shardSyncMs: 200 },
    { ...localAws, endpoint: bench.kinesis, store: own, timing },
  );
  opened.push(reader);
  return followReader(reader, ({ value }) => Buffer.from(value ?? []).toString());
};
const put = (item: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName: stream, Item: item }));
const leaseItem = (key: string): Record<string, AttributeValue> => ({
  leaseKey: { S: key },
  leaseCounter: { N: '3' },
  checkpoint: { S: 'TRIM_HORIZON' },
});

describe('an item in the place of a lease', () => {
  it.each<[string, Record<string, AttributeValue | undefined>]>([
    ['has a counter that is text', { leaseCounter: { S: '3' } }],
    ['has no counter', { leaseCounter: undefined }],
    ['has no checkpoint', { checkpoint: undefined }],
    ['has a checkpoint that is no place', { checkpoint: { S: 'the beginning' } }],
  ])('%s: the reader ends and names it, instead of leaving the shard unread', async (_, wrong) => {
    await bench.createStream(stream, 2);
    const [, shard = ''] = await bench.shards(stream);
    await store.prepare();
    const fields = Object.entries({ ...leaseItem(shard), ...wrong }).filter(([, value]) => value !== undefined);
    await put(Object.fromEntries(fields) as Record<string, AttributeValue>);
    await expect(open().until(() => false)).rejects.toThrow(
      `the item ${shard} of the lease table ${stream} is not a lease that can be read`,
    );
  });

  it('goes bad while the shard is read: the reader ends and names it', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    const seen = open();
    await seen.until(() => seen.epoch(shard) > 0);
    await put({ leaseKey: { S: shard }, checkpoint: { S: 'TRIM_HORIZON' } });
    await expect(seen.until(() => false)).rejects.toThrow(`the item ${shard} of the lease table`);
  });

  it('is removed while the shard is read: the shard is read again from the start, under a lease that is new', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, ['a', 'b']);
    const seen = open();
    await seen.until(() => seen.records.length >= 2);
    await client.send(new DeleteItemCommand({ TableName: stream, Key: { leaseKey: { S: shard } } }));
    await seen.until(() => seen.records.length >= 4);
    expect(seen.texts(shard)).toEqual(['a', 'b', 'a', 'b']);
    expect(seen.revoked).toEqual([shard]);
  });

  it('without an owner, place in an aggregate, parents or hash keys, is a lease', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, ['a']);
    await store.prepare();
    await put(leaseItem(shard));
    const seen = open();
    await seen.until(() => seen.records.length >= 1);
    expect(seen.texts(shard)).toEqual(['a']);
  });
});

describe('a stream that was made anew under its old name', () => {
  it('ends the reader where a lease of the old one says that a shard is finished, which takes records', async () => {
    await bench.createStream(stream, 2);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, ['never to be passed over in silence']);
    await store.prepare();
    await put({ ...leaseItem(shard), checkpoint: { S: 'SHARD_END' } });
    const hasty = { ...systemTiming, sleep: (ms: number, signal: AbortSignal) => systemTiming.sleep(ms / 20, signal) };
    await expect(open(hasty).until(() => false)).rejects.toThrow(
      `shard ${shard} takes records, but its lease says that it is finished: was stream ${stream} made anew?`,
    );
  });
});

describe('a lease table', () => {
  it('with another key is refused before anything is written into it', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: stream,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const failure = store.prepare();
    await expect(failure).rejects.toMatchObject({ code: 'SERVICE_REFUSED', retryable: false });
    await expect(failure).rejects.toThrow(`table ${stream} cannot keep leases: its key is id, and must be leaseKey;`);
  });

  it('that is put away is refused, instead of waited for', async () => {
    const Table = { TableStatus: 'ARCHIVED', KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }] };
    proxy.inject({ ...answer(200, { Table }), when: on('DescribeTable') });
    await expect(store.prepare()).rejects.toThrow('its status is ARCHIVED');
  });

  it('that is just being made or deleted is waited for', async () => {
    for (const TableStatus of ['DELETING', 'CREATING'])
      proxy.inject({ ...answer(200, { Table: { TableStatus } }), when: on('DescribeTable'), times: 2 });
    await store.prepare();
    expect(await store.list()).toEqual([]);
  });

  it.each(['DescribeTable', 'CreateTable', 'Scan'])(
    'that must not be asked for by %s: the permission is named',
    async (name) => {
      await bench.createStream(stream, 1);
      proxy.inject({ ...answer(400, { __type: 'AccessDeniedException', message: 'no' }), when: on(name) });
      const failure = open().until(() => false);
      await expect(failure).rejects.toMatchObject({ code: 'AUTHORIZATION' });
      await expect(failure).rejects.toThrow(`dynamodb:${name} on table/${stream} is missing`);
    },
  );

  it('of marks that is put away, or has another key, is refused, instead of waited for', async () => {
    const marks = replayMarks({ ...localAws, endpoint: proxy.url, table: stream });
    const keys = ['stream', 'place'].map((AttributeName) => ({ AttributeName }));
    const away = { Table: { TableStatus: 'ARCHIVED', KeySchema: keys } };
    proxy.inject({ ...answer(200, away), when: on('DescribeTable'), times: 1 });
    await expect(marks.prepare()).rejects.toThrow('its status is ARCHIVED; name another one (--marks)');
    await store.prepare();
    await expect(marks.prepare()).rejects.toThrow('its key is leaseKey, and must be stream, place;');
    marks.close();
  });

  it('of marks that must not be asked for: the permission is named', async () => {
    proxy.inject({ ...answer(400, { __type: 'AccessDeniedException', message: 'no' }), when: on('DescribeTable') });
    const marks = replayMarks({ ...localAws, endpoint: proxy.url, table: stream });
    await expect(marks.prepare()).rejects.toThrow(`dynamodb:DescribeTable on table/${stream} is missing`);
    marks.close();
  });
});

function on(operation: string) {
  return ({ headers }: { readonly headers: Record<string, unknown> }): boolean =>
    headers['x-amz-target'] === `DynamoDB_20120810.${operation}`;
}

function answer(status: number, body: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { kind: 'answer', status, headers, body: JSON.stringify(body) } as const;
}
