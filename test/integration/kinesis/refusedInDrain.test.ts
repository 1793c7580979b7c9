import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { fromKinesis } from '../../../src/sources/fromKinesis.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type FaultProxy, type ProxiedRequest, type ProxyFault, startFaultProxy } from '../../support/faultProxy.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
let proxy: FaultProxy;
let reading: Subscription | undefined;
beforeAll(async () => {
  bench = await openKinesisBench();
  proxy = await startFaultProxy({ target: bench.dynamodb });
});
afterEach(() => {
  reading?.unsubscribe();
  proxy.clear();
});
afterAll(async () => {
  await proxy.close();
  await bench.close();
});

const refused: ProxyFault = {
  kind: 'answer',
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{"__type":"AccessDeniedException","message":"no longer allowed"}',
};
const until = async (check: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await check())) await sleep(20);
};

it('ends, and says why, when a renewal is refused for good in a drain whose tiles are still in work', async () => {
  const stream = `tiles-${randomUUID()}`;
  await bench.createStream(stream, 1);
  const [shard = ''] = await bench.shards(stream);
  await bench.append(stream, shard, ['one', 'two', 'three']);
  const leases = (endpoint: string) => dynamoLeaseStore({ ...localAws, endpoint, table: stream });
  const store = leases(bench.dynamodb);
  const drain = new AbortController();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // looked at below
  const tiles: Envelope<Tile>[] = [];
  reading = fromKinesis({
    stream,
    leaseTable: stream,
    region: 'us-east-1',
    failoverMs: 1_500,
    drain: drain.signal,
    aws: { ...localAws, endpoint: bench.kinesis, store: leases(proxy.url) },
  }).subscribe({
    next: (tile) => tiles.push(tile),
    error: (error: unknown) => ended.reject(error),
    complete: () => ended.resolve(),
  });
  await until(() => tiles.length === 3);
  tiles[0]?.ack();
  const { position } = tiles[0]?.origin ?? {};
  await until(async () => (await store.find(shard))?.checkpoint === position); // from here on it only renews
  drain.abort();
  const isWrite = ({ headers }: ProxiedRequest): boolean => /\.UpdateItem$/.test(String(headers['x-amz-target']));
  proxy.inject({ ...refused, when: isWrite, times: 1 });
  await expect(ended.promise).rejects.toMatchObject({ name: 'SourceError', code: 'AUTHORIZATION', stream });
  expect(await store.find(shard)).toMatchObject({ checkpoint: position });
  store.close();
});
