import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { type FaultProxy, noneTaken, startFaultProxy, throughputExceeded } from '../../support/faultProxy.ts';
import { maxInFlight, openTileRun } from '../../support/kinesis/tileRun.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

// One stretch of trouble that is longer than what is meant to bridge it; the stretches run at the same time.
let bench: KinesisBench;
const proxies: FaultProxy[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
  const silent = (): void => undefined;
  diag.setLogger(
    { warn: silent, error: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});
afterAll(async () => {
  diag.disable();
  for (const proxy of proxies) await proxy.close();
  await bench.close();
});

const stretchMs = 25_000;
const timeout = 170_000;
const nothing = { lost: 0, overCommitted: [], strangers: [] };
const proxied = async (target: string): Promise<FaultProxy> => {
  const proxy = await startFaultProxy({ target });
  proxies.push(proxy);
  return proxy;
};

/** Looks at the leases, past every proxy, until it is stopped; answers the commits that went back. */
const watchLeases = (table: string) => {
  const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
  const highest = new Map<string, bigint>();
  const backwards: string[] = [];
  const owners = async (): Promise<number> => new Set((await store.list()).flatMap(({ owner }) => owner ?? [])).size;
  const stop = new AbortController();
  const watching = (async () => {
    while (!stop.signal.aborted) {
      for (const { key, checkpoint } of await store.list()) {
        if (!/^\d+$/.test(checkpoint)) continue;
        const before = highest.get(key) ?? 0n;
        if (BigInt(checkpoint) < before) backwards.push(`${key}: ${before} > ${checkpoint}`);
        else highest.set(key, BigInt(checkpoint));
      }
      await sleep(50);
    }
  })();
  return {
    owners,
    committed: () => new Map(highest),
    end: async (): Promise<string[]> => {
      stop.abort();
      await watching;
      store.close();
      return backwards;
    },
  };
};

it.concurrent.each([
  ['throttles', throughputExceeded],
  ['cannot be reached', { kind: 'reset' }],
] as const)(
  'two workers go on where they were after the lease table %s for longer than a lease lives',
  { timeout },
  async (_, fault) => {
    const proxy = await proxied(bench.dynamodb);
    const { feed, start, check, all, table } = await openTileRun({
      bench,
      kinesis: bench.kinesis,
      dynamodb: proxy.url,
      shards: 4,
    });
    await feed(40);
    const stops = [start({ seed: 1 }), start({ seed: 2 })];
    await all();
    const leases = watchLeases(table);
    while ((await leases.owners()) < 2 || leases.committed().size < 4) await sleep(50);
    const before = (await check()).repeated; // of the leases that one took from the other to share
    await feed(40);
    const heal = proxy.inject(fault);
    await sleep(stretchMs);
    heal();
    const mayRepeat = (await check()).uncommitted.length + stops.length * maxInFlight;
    const committed = leases.committed();
    await feed(10);
    await all();
    for (const [key, checkpoint] of committed) {
      while ((leases.committed().get(key) ?? 0n) <= checkpoint) await sleep(50);
    }
    while ((await leases.owners()) < 2) await sleep(50);
    for (const stop of stops) await stop();
    expect(await leases.end()).toEqual([]);
    const verdict = await check();
    expect(verdict).toMatchObject({ records: 360, ...nothing, uncommitted: [] });
    expect(verdict.repeated - before).toBeLessThanOrEqual(mayRepeat);
  },
);

it.concurrent('holds no more than the cap while the output takes no record for long, and then writes each once', {
  timeout,
}, async () => {
  const proxy = await proxied(bench.kinesis);
  const { feed, start, check, all, written } = await openTileRun({
    bench,
    kinesis: proxy.url,
    dynamodb: bench.dynamodb,
    shards: 2,
  });
  await feed(150);
  let began = 0;
  const stop = start({}, () => {
    began += 1;
  });
  while ((await written()) < 20) await sleep(20);
  const heal = proxy.inject(noneTaken);
  const endMs = performance.now() + stretchMs;
  let last = -1;
  for (let now = await written(); performance.now() < endMs; now = await written()) {
    last = now;
    await sleep(100);
  }
  expect(began - last).toBeLessThanOrEqual(maxInFlight);
  expect(began).toBeGreaterThan(last); // it had read on until the cap
  heal();
  await all();
  await stop();
  expect(await check()).toMatchObject({ records: 300, ...nothing, repeated: 0, uncommitted: [] });
  expect(proxy.counts.struck).toBeGreaterThan(10);
});
