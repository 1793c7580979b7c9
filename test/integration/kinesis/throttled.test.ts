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
// A write that is slow on a busy machine must not be sent again: it would count as a repetition.
const timeoutMs = 20_000;
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
  /** Whether the four shards are shared out between the two workers. */
  const shared = async (): Promise<boolean> => {
    const owned = Map.groupBy(
      (await store.list()).filter(({ owner }) => owner !== undefined),
      ({ owner }) => owner,
    );
    return [...owned.values()].map(({ length }) => length).join() === '2,2';
  };
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
    shared,
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
    const stops = [start({ seed: 1, timeoutMs }), start({ seed: 2, timeoutMs })];
    await all();
    const leases = watchLeases(table);
    while (!(await leases.shared()) || (await check()).uncommitted.length > 0) await sleep(50);
    const before = (await check()).repeated; // of the leases that one took from the other to share
    await feed(40);
    const heal = proxy.inject(fault);
    await sleep(stretchMs);
    const mayRepeat = (await check()).uncommitted.length + stops.length * maxInFlight;
    const committed = leases.committed();
    heal();
    await feed(10);
    await all();
    for (const [key, checkpoint] of committed) {
      while ((leases.committed().get(key) ?? 0n) <= checkpoint) await sleep(50);
    }
    while (!(await leases.shared())) await sleep(50);
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
  await feed(10);
  let began = 0;
  const stop = start({ timeoutMs }, () => {
    began += 1;
  });
  await all();
  const before = await written();
  const heal = proxy.inject(noneTaken);
  await feed(150);
  while (began - before < maxInFlight) await sleep(20); // it reads on until the cap
  await sleep(stretchMs);
  expect(await written()).toBe(before);
  expect(began - before).toBe(maxInFlight);
  heal();
  await all();
  await stop();
  expect(await check()).toMatchObject({ records: 320, ...nothing, repeated: 0, uncommitted: [] });
  expect(proxy.counts.struck).toBeGreaterThan(10);
});
