import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import type { HeldLease } from '../../../src/aws/heldLease.ts';
import { LeaseKeeper } from '../../../src/aws/leaseKeeper.ts';
import { systemTiming } from '../../../src/aws/timing.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import type { Lease, LeaseStore } from '../../../src/ports/leaseStore.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy, throughputExceeded } from '../../support/faultProxy.ts';
import { localAws } from '../../support/kinesisBench.ts';

const failoverMs = 4_000;
const timeoutMs = 500;

let services: LocalServices;
let proxy: FaultProxy;
/** Reaches the table past the faults. */
let plain: LeaseStore;
let stores: LeaseStore[];
let workers: LeaseKeeper[];
let table: string;
beforeAll(async () => {
  services = await startLocalServices({ services: ['dynamodb'] });
  proxy = await startFaultProxy({ target: services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '' });
});
beforeEach(async () => {
  table = `leases-${randomUUID()}`;
  stores = [];
  workers = [];
  plain = storeAt(services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  await plain.prepare();
  const silent = (): void => undefined;
  diag.setLogger({ warn: silent, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(async () => {
  vi.useRealTimers();
  proxy.clear();
  for (const worker of workers) await worker.close();
  for (const store of stores) store.close();
  diag.disable();
});
afterAll(async () => {
  await proxy.close();
  await services.close();
});

const storeAt = (endpoint: string): LeaseStore => {
  const store = dynamoLeaseStore({ ...localAws, endpoint, table, timeoutMs });
  stores.push(store);
  return store;
};
const on =
  (operation: string) =>
  ({ headers }: ProxiedRequest): boolean =>
    headers['x-amz-target'] === `DynamoDB_20120810.${operation}`;
const make = async (key: string): Promise<Lease> => {
  await plain.create({ key, checkpoint: 'TRIM_HORIZON', parents: [], hashRange: undefined, stream: 'tiles' });
  const lease = await plain.find(key);
  if (lease === undefined) throw new Error('not made');
  return lease;
};
const start = (worker: string, endpoint: string) => {
  const held = new Map<string, HeldLease>();
  const lost: string[] = [];
  const failures: unknown[] = [];
  const keeper = new LeaseKeeper({
    store: storeAt(endpoint),
    worker,
    failoverMs,
    stealsAtOnce: 1,
    timing: systemTiming,
    taken: (lease) => held.set(lease.key, lease),
    looked: () => undefined,
    lost: ({ key }) => {
      held.delete(key);
      lost.push(key);
    },
    failed: (error) => failures.push(error),
  });
  keeper.start();
  workers.push(keeper);
  return { held, lost, failures };
};
const until = async (check: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await check())) await sleep(20);
};
const counterOf = async (key: string): Promise<number> => (await plain.find(key))?.counter ?? -1;

describe('a write whose answer was lost', () => {
  const facts = { checkpoint: '4965', subSequence: 0, map: 'a map' };
  const held = async (store: LeaseStore): Promise<Lease> => {
    const lease = await store.take(await make('a'), 'me');
    if (lease === undefined) throw new Error('not taken');
    return lease;
  };

  it.each<[string, (store: LeaseStore) => Promise<unknown>, object]>([
    ['take', async (store) => store.take(await make('a'), 'me'), { owner: 'me', counter: 1 }],
    ['renew', async (store) => store.renew(await held(plain)), { owner: 'me', counter: 2 }],
    ['checkpoint', async (store) => store.checkpoint(await held(plain), facts), { ...facts, owner: 'me', counter: 2 }],
    ['release', async (store) => store.release(await held(plain)), { owner: undefined, counter: 2 }],
  ])('counts once: %s', async (_, write, made) => {
    const store = storeAt(proxy.url);
    proxy.inject({ kind: 'dropAnswer', when: on('UpdateItem'), times: 1 });
    expect(await write(store)).toMatchObject(made);
    expect(await plain.find('a')).toMatchObject(made);
  });

  it('makes or removes a lease all the same', async () => {
    const store = storeAt(proxy.url);
    proxy.inject({ kind: 'dropAnswer', when: on('PutItem'), times: 1 });
    await store.create({ key: 'b', checkpoint: 'LATEST', parents: [], hashRange: undefined, stream: 'tiles' });
    const made = await plain.find('b');
    expect(made).toMatchObject({ key: 'b', checkpoint: 'LATEST', counter: 0 });
    proxy.inject({ kind: 'dropAnswer', when: on('DeleteItem'), times: 1 });
    await (made && store.remove(made));
    expect(await plain.find('b')).toBeUndefined();
  });

  it('does not give a lease to who was too late', async () => {
    const store = storeAt(proxy.url);
    const seen = await make('a');
    const theirs = await plain.take(seen, 'other');
    proxy.inject({ kind: 'dropAnswer', when: on('UpdateItem'), times: 1 });
    expect(await store.take(seen, 'me')).toBeUndefined();
    expect(await plain.find('a')).toEqual(theirs);
  });
});

describe('a worker, when the table', () => {
  it('hangs for a while, tries its renewals several times and keeps its lease', async () => {
    await make('a');
    const { held, lost } = start('one', proxy.url);
    await until(() => held.size === 1);
    const before = await counterOf('a');
    proxy.inject({ kind: 'hang', when: on('UpdateItem'), times: 3 });
    const struck = proxy.counts.struck;
    await until(() => proxy.counts.struck === struck + 3);
    await until(async () => (await counterOf('a')) > before);
    expect({ held: [...held.keys()], lost }).toEqual({ held: ['a'], lost: [] });
  });

  it('hangs for longer than a lease lives, gives its lease up, and another one takes it', async () => {
    await make('a');
    const one = start('one', proxy.url);
    await until(() => one.held.size === 1);
    const mine = one.held.get('a');
    proxy.inject({ kind: 'hang' });
    const two = start('two', services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
    await until(() => one.lost.length === 1 && two.held.size === 1);
    expect(await mine?.change((lease) => plain.renew(lease))).toBe(false);
    expect(await plain.find('a')).toMatchObject({ owner: 'two' });
    expect([one.failures, two.lost]).toEqual([[], []]);
  });

  it('takes writes late, after nobody waits for them any more, keeps its lease and its commits', async () => {
    await make('a');
    const { held, lost } = start('one', proxy.url);
    await until(() => held.size === 1);
    const store = stores.at(-1);
    const commit = (checkpoint: string) =>
      held.get('a')?.change(async (lease) => store?.checkpoint(lease, { checkpoint, subSequence: 0, map: '' }));
    proxy.inject({ kind: 'delay', delayMs: 2 * timeoutMs, when: on('UpdateItem'), times: 2 });
    await expect(commit('1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    expect(await commit('2')).toBe(true);
    await sleep(2 * timeoutMs); // what was late arrives by then, and must not count
    expect(await plain.find('a')).toMatchObject({ owner: 'one', checkpoint: '2' });
    expect(await commit('3')).toBe(true);
    expect(lost).toEqual([]);
  });

  it.each([
    ['throttles', { ...throughputExceeded, probability: 0.5 }],
    ['cuts connections', { kind: 'reset' as const, probability: 0.5 }],
    ['loses answers', { kind: 'dropAnswer' as const, probability: 0.5 }],
  ])('%s every other time, keeps its lease', async (_, fault) => {
    await make('a');
    const { held, lost, failures } = start('one', proxy.url);
    await until(() => held.size === 1);
    const before = await counterOf('a');
    proxy.inject(fault);
    await until(async () => (await counterOf('a')) > before + 2);
    expect({ held: [...held.keys()], lost, failures }).toEqual({ held: ['a'], lost: [], failures: [] });
  });
});

describe('a lease in a hand-over of the Kinesis Client Library 3', () => {
  const endpoint = (): string => services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  /** What the old owner does while it finishes, and in the end. */
  const update = async (expression: string): Promise<void> => {
    const client = new DynamoDBClient({ ...localAws, endpoint: endpoint() });
    const Key = { leaseKey: { S: 'a' } };
    const values = { ':one': { N: '1' }, ...(expression.includes(':old') && { ':old': { S: 'old' } }) };
    const ExpressionAttributeValues = values;
    await client.send(
      new UpdateItemCommand({ TableName: table, Key, UpdateExpression: expression, ExpressionAttributeValues }),
    );
    client.destroy();
  };
  const renewal = 'SET leaseCounter = leaseCounter + :one';

  it('is waited for while the owner before renews it', async () => {
    await plain.take(await make('a'), 'me');
    await update(`${renewal}, checkpointOwner = :old`);
    const { held } = start('me', endpoint());
    const untilMs = performance.now() + 1.5 * failoverMs;
    while (performance.now() < untilMs) {
      await update(renewal);
      await sleep(failoverMs / 8);
    }
    expect(held.size).toBe(0);
    await update(`${renewal} REMOVE checkpointOwner`);
    await until(() => held.size === 1);
  });

  it('is taken when the owner before has died, and is no longer his', async () => {
    await make('a');
    await update(`${renewal}, checkpointOwner = :old`);
    const { held } = start('me', endpoint());
    await until(() => held.size === 1);
    expect(await plain.find('a')).toMatchObject({ owner: 'me', leavingOwner: undefined });
  });
});

describe('a wall clock that jumps by an hour', () => {
  it.each([3_600_000, -3_600_000])('takes nobody’s lease: %i ms', async (jumpMs) => {
    await make('a');
    await make('b');
    const endpoint = services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
    const one = start('one', endpoint);
    await until(() => one.held.size === 2);
    const two = start('two', endpoint);
    await until(() => one.held.size === 1 && two.held.size === 1);
    const lost = (): number => one.lost.length + two.lost.length;
    const before = lost();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jumpMs });
    const counters = await Promise.all(['a', 'b'].map(counterOf));
    await until(async () => (await counterOf('a')) > (counters[0] ?? 0) + 2);
    await until(async () => (await counterOf('b')) > (counters[1] ?? 0) + 2);
    expect([one.held.size, two.held.size, lost()]).toEqual([1, 1, before]);
  });
});
