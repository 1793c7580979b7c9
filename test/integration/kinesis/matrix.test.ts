import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import type { Lease } from '../../../src/ports/leaseStore.ts';
import type { ChildLines } from '../../support/childLines.ts';
import {
  type FaultProxy,
  type ProxiedRequest,
  type ProxyFault,
  startFaultProxy,
  throughputExceeded,
} from '../../support/faultProxy.ts';
import { maxInFlight, openTileRun, tileRecord } from '../../support/kinesis/tileRun.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
let kinesisProxy: FaultProxy;
let dynamodbProxy: FaultProxy;
let warnings: string[];
const children: ChildLines[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
  kinesisProxy = await startFaultProxy({ target: bench.kinesis });
  dynamodbProxy = await startFaultProxy({ target: bench.dynamodb });
});
beforeEach(() => {
  warnings = [];
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  kinesisProxy.clear();
  dynamodbProxy.clear();
  diag.disable();
});
afterAll(async () => {
  await kinesisProxy.close();
  await dynamodbProxy.close();
  await bench.close();
});

const setUp = async (shards: number) => {
  const run = await openTileRun({ bench, kinesis: kinesisProxy.url, dynamodb: dynamodbProxy.url, shards });
  const child = (...args: Parameters<typeof run.child>): ChildLines => {
    const made = run.child(...args);
    children.push(made);
    return made;
  };
  return { ...run, child };
};
const nothing = { lost: 0, overCommitted: [], strangers: [] };
const finishedBy = ({ lines }: ChildLines): number => lines.filter((line) => line.startsWith('finished')).length;

describe('nothing is lost, and repeated is at most what was finished since the last commit, when', () => {
  it('workers are killed at random moments', async () => {
    const { feed, child, check, all } = await setUp(2);
    const random = seededRandom(7);
    await feed(150);
    const mayRepeat = new Set<string>();
    for (let kill = 0; kill < 4; kill++) {
      const victim = child({ seed: kill });
      const enough = 1 + Math.floor(random() * 60);
      await victim.until(() => finishedBy(victim) >= enough);
      await victim.kill();
      for (const name of (await check()).uncommitted) mayRepeat.add(name);
    }
    const last = child({ seed: 9 });
    await all();
    await last.stop();
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 300, ...nothing, uncommitted: [] });
    expect(verdict.repeatedPositions.filter((name) => !mayRepeat.has(name))).toEqual([]);
  });

  it('workers are killed that keep the order of keys, and no key gets out of order', async () => {
    const { child, check, all, names } = await setUp(2);
    const random = seededRandom(11);
    const tiles = Array.from({ length: 200 }, (_, i) => tileRecord(`tile ${i}`));
    await bench.appendAnywhere(names.input, tiles, () => `key ${Math.floor(random() * 15)}`);
    const mayRepeat = new Set<string>();
    for (let kill = 0; kill < 2; kill++) {
      const victim = child({ seed: kill, order: 'key' });
      await victim.until(() => finishedBy(victim) >= 30);
      await victim.kill();
      for (const name of (await check()).uncommitted) mayRepeat.add(name);
    }
    const last = child({ seed: 9, order: 'key' });
    await all();
    await last.stop();
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 200, ...nothing, inversions: [], uncommitted: [] });
    expect(verdict.repeatedPositions.filter((name) => !mayRepeat.has(name))).toEqual([]);
  });

  it('one of two workers is killed', async () => {
    const { feed, child, check, all, table } = await setUp(4);
    const [one, two] = [child({ seed: 1 }), child({ seed: 2 })];
    let each = 0;
    const more = async (count: number): Promise<void> => {
      await feed(count);
      each += count;
    };
    // Until both have a share; who came first has it all at first.
    for (const child of [two, one]) {
      const before = finishedBy(child);
      while (finishedBy(child) === before) await more(5).then(() => sleep(100));
    }
    await more(20);
    const before = (await check()).repeatedPositions; // a lease that was stolen to share
    await one.kill();
    const mayRepeat = new Set((await check()).uncommitted);
    // Until it knows that a lease was stolen from it, a worker reads on, and commits nothing of it.
    const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
    while (new Set((await store.list()).map(({ owner }) => owner)).size > 1) await sleep(50);
    store.close();
    await more(10);
    await all();
    await two.stop();
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 4 * each, ...nothing, uncommitted: [] });
    const late = verdict.repeatedPositions.filter((name) => !before.includes(name));
    expect(late.filter((name) => !mayRepeat.has(name)).length).toBeLessThanOrEqual(2 * maxInFlight);
  });

  it('leases are stolen, and given back', async () => {
    const { feed, start, check, all, written, table } = await setUp(2);
    const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
    await feed(100);
    const stop = start();
    while ((await written()) < 40) await sleep(20);
    const steal = async (key: string): Promise<Lease> => {
      for (;;) {
        const seen = await store.find(key);
        const stolen = seen && (await store.take(seen, 'thief'));
        if (stolen !== undefined) return stolen;
      }
    };
    const stolen = await Promise.all((await bench.shards(table)).map(steal));
    while (warnings.filter((text) => text.includes('went to another worker')).length < 2) await sleep(20);
    const mayRepeat = (await check()).uncommitted.length + maxInFlight;
    for (const lease of stolen) await store.release(lease);
    await feed(10); // seen only once the lease is taken again
    await all();
    await stop();
    store.close();
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 220, ...nothing, uncommitted: [] });
    expect(verdict.repeated).toBeLessThanOrEqual(mayRepeat);
  });

  it('the lease table hangs for longer than a lease lives', async () => {
    const { feed, start, check, all, written } = await setUp(2);
    await feed(150);
    const stop = start();
    while ((await written()) < 40) await sleep(20);
    const heal = dynamodbProxy.inject({ kind: 'hang' });
    while (warnings.filter((text) => text.includes('went to another worker')).length < 2) await sleep(20);
    const mayRepeat = (await check()).uncommitted.length + maxInFlight;
    heal();
    await feed(10); // seen only once the leases are taken again
    await all();
    await stop();
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 320, ...nothing, uncommitted: [] });
    expect(verdict.repeated).toBeLessThanOrEqual(mayRepeat);
  });
});

describe('nothing is lost and nothing repeated, when', () => {
  const on =
    (operation: string) =>
    ({ headers }: ProxiedRequest): boolean =>
      headers['x-amz-target'] === `Kinesis_20131202.${operation}`;
  const expired: ProxyFault = {
    kind: 'answer',
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: '{"__type":"ExpiredIteratorException","message":"Iterator expired."}',
  };
  it.each<[string, 'kinesis' | 'dynamodb', ProxyFault]>([
    ['the lease table throttles', 'dynamodb', { ...throughputExceeded, probability: 0.4 }],
    ['the lease table cuts connections', 'dynamodb', { kind: 'reset', probability: 0.4 }],
    ['the lease table loses answers', 'dynamodb', { kind: 'dropAnswer', probability: 0.4 }],
    ['the lease table hangs now and then', 'dynamodb', { kind: 'hang', probability: 0.2 }],
    ['reads are throttled', 'kinesis', { ...throughputExceeded, when: on('GetRecords'), probability: 0.4 }],
    ['reads lose their connection', 'kinesis', { kind: 'reset', when: on('GetRecords'), probability: 0.4 }],
    ['reads lose their answers', 'kinesis', { kind: 'dropAnswer', when: on('GetRecords'), probability: 0.4 }],
    ['reads hang', 'kinesis', { kind: 'hang', when: on('GetRecords'), probability: 0.3 }],
    ['writes hang', 'kinesis', { kind: 'hang', when: on('PutRecords'), probability: 0.3 }],
    ['iterators expire', 'kinesis', { ...expired, when: on('GetRecords'), probability: 0.4 }],
    ['writes are throttled', 'kinesis', { ...throughputExceeded, when: on('PutRecords'), probability: 0.4 }],
    ['writes lose their connection', 'kinesis', { kind: 'reset', when: on('PutRecords'), probability: 0.4 }],
  ])('%s', async (_, where, fault) => {
    const { feed, start, check, all } = await setUp(2);
    const proxy = where === 'kinesis' ? kinesisProxy : dynamodbProxy;
    const struck = proxy.counts.struck;
    proxy.inject(fault);
    const stop = start();
    for (let round = 0; round < 5; round++) {
      await feed(10);
      await all();
    }
    await stop();
    expect(proxy.counts.struck).toBeGreaterThan(struck);
    expect(await check()).toMatchObject({ records: 100, ...nothing, repeated: 0, uncommitted: [] });
  });

  it('a worker drains, and another one goes on', async () => {
    const { feed, child, check, all } = await setUp(2);
    await feed(100);
    for (let turn = 0; turn < 3; turn++) {
      const worker = child({ seed: turn });
      await worker.until(() => finishedBy(worker) >= 30);
      await worker.stop();
      expect(worker.lines.at(-1)).toBe('drained');
    }
    const last = child();
    await all();
    await last.stop();
    expect(await check()).toMatchObject({ records: 200, ...nothing, repeated: 0, uncommitted: [] });
  });
});

it.each(['drains', 'is killed'])(
  'skips nothing from latest on after a worker that %s before the first record came',
  async (how) => {
    const { feed, child, check, all, table } = await setUp(2);
    const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
    const begun = async (): Promise<number> =>
      (await store.list().catch(() => [])).filter(({ latestMs }) => latestMs !== undefined).length;
    const idle = child({ from: 'latest' });
    while ((await begun()) < 2) await sleep(50);
    await (how === 'drains' ? idle.stop() : idle.kill());
    await feed(10);
    const next = child({ from: 'latest' });
    await all();
    await next.stop();
    store.close();
    expect(await check()).toMatchObject({ records: 20, ...nothing, repeated: 0, uncommitted: [] });
  },
);

it('writes again what was in a request whose answer was lost, and nothing else', async () => {
  const { feed, start, check, all } = await setUp(2);
  const struck = kinesisProxy.counts.struck;
  const when = ({ headers }: ProxiedRequest): boolean => headers['x-amz-target'] === 'Kinesis_20131202.PutRecords';
  kinesisProxy.inject({ kind: 'dropAnswer', when, probability: 0.2 });
  await feed(50);
  const stop = start();
  await all();
  await stop();
  const verdict = await check();
  expect(verdict).toMatchObject({ records: 100, ...nothing, uncommitted: [] });
  expect(verdict.repeated).toBeLessThanOrEqual((kinesisProxy.counts.struck - struck) * maxInFlight);
});
