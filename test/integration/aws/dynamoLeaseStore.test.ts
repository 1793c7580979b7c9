import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import type { Lease } from '../../../src/ports/leaseStore.ts';
import { leaseStoreContract } from '../../support/contracts/leaseStoreContract.ts';

const aws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

leaseStoreContract('dynamoLeaseStore', async () => {
  const services = await startLocalServices({ services: ['dynamodb'] });
  const endpoint = services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'];
  const store = dynamoLeaseStore({ ...aws, endpoint, table: 'leases' });
  return {
    store,
    close: async () => {
      store.close();
      await services.close();
    },
  };
});

describe('dynamoLeaseStore', () => {
  let services: LocalServices;
  let client: DynamoDBClient;
  let endpoint: string;
  beforeAll(async () => {
    services = await startLocalServices({ services: ['dynamodb'] });
    endpoint = services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
    client = new DynamoDBClient({ ...aws, endpoint });
  });
  afterAll(async () => {
    client.destroy();
    await services.close();
  });
  const item = async (table: string, key: string) =>
    (await client.send(new GetItemCommand({ TableName: table, Key: { leaseKey: { S: key } } }))).Item;
  const one = async (leases: Promise<Lease[]>): Promise<Lease> => {
    const [lease] = await leases;
    if (lease === undefined) throw new Error('no lease');
    return lease;
  };

  it('makes its table once, however many processes start', async () => {
    const stores = [1, 2, 3].map(() => dynamoLeaseStore({ ...aws, endpoint, table: 'raced' }));
    await Promise.all(stores.map((store) => store.prepare()));
    expect(await stores[0]?.list()).toEqual([]);
    for (const store of stores) store.close();
  });

  it('writes the items of the Kinesis Client Library 2, and nothing else into them but swath…', async () => {
    const store = dynamoLeaseStore({ ...aws, endpoint, table: 'format' });
    await store.prepare();
    const key = 'shardId-000000000002';
    const hashRange = { start: '0', end: '340282366920938463463374607431768211455' };
    await store.create({
      key,
      checkpoint: 'TRIM_HORIZON',
      parents: ['shardId-000000000000'],
      hashRange,
      stream: 'tiles',
    });
    const written = {
      leaseKey: { S: key },
      leaseCounter: { N: '0' },
      checkpoint: { S: 'TRIM_HORIZON' },
      checkpointSubSequenceNumber: { N: '0' },
      ownerSwitchesSinceCheckpoint: { N: '0' },
      parentShardId: { SS: ['shardId-000000000000'] },
      startingHashKey: { S: '0' },
      endingHashKey: { S: hashRange.end },
      swathStream: { S: 'tiles' },
    };
    expect(await item('format', key)).toEqual(written);
    const taken = await store.take(await one(store.list()), 'worker');
    if (taken === undefined) throw new Error('not taken');
    const kept = await store.checkpoint(taken, { checkpoint: '4965', subSequence: 0, map: 'm' });
    if (kept === undefined) throw new Error('not kept');
    await store.checkpoint(kept, { checkpoint: 'SHARD_END', subSequence: 0, map: '' }, ['shardId-000000000003']);
    expect(await item('format', key)).toEqual({
      ...written,
      leaseOwner: { S: 'worker' },
      leaseCounter: { N: '3' },
      checkpoint: { S: 'SHARD_END' },
      childShardIds: { SS: ['shardId-000000000003'] },
    });
    store.close();
  });

  it('leaves alone what the Kinesis Client Library 3 keeps beside its leases', async () => {
    const store = dynamoLeaseStore({ ...aws, endpoint, table: 'shared' });
    await store.prepare();
    const put = (more: Record<string, { S: string } | { N: string }>) =>
      client.send(new PutItemCommand({ TableName: 'shared', Item: { leaseCounter: { N: '7' }, ...more } }));
    await put({ leaseKey: { S: 'worker-1' }, entityType: { S: 'WORKER_METRIC_STATS' }, checkpoint: { S: 'x' } });
    await put({ leaseKey: { S: 'Leader' }, entityType: { S: 'LEADER' }, leaseOwner: { S: 'worker-1' } });
    await put({ leaseKey: { S: 'Migration3.0' }, entityType: { S: 'CLIENT_VERSION_MIGRATION' } });
    await put({
      leaseKey: { S: 'shardId-000000000000' },
      entityType: { S: 'LEASE' },
      checkpoint: { S: 'LATEST' },
      checkpointOwner: { S: 'worker-2' },
      throughputKBps: { N: '12' },
    });
    const leases = await store.list();
    expect(leases).toMatchObject([
      { key: 'shardId-000000000000', leavingOwner: 'worker-2', counter: 7, stream: undefined },
    ]);
    const [lease] = leases;
    await (lease && store.take(lease, 'swath'));
    expect(await item('shared', 'shardId-000000000000')).toMatchObject({
      throughputKBps: { N: '12' },
      leaseOwner: { S: 'swath' },
    });
    store.close();
  });
});
