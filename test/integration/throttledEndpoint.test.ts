import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../src/local/localServices.ts';
import { echoModel } from '../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { checkStreams, type StreamVerdict } from '../support/checker/checkStreams.ts';
import { type RunningSwath, startSwath } from '../support/cli/startSwath.ts';
import { type FaultProxy, noneTaken, slowDown, startFaultProxy } from '../support/faultProxy.ts';
import { connectKinesisBench, type KinesisBench } from '../support/kinesisBench.ts';

// The shipped pipeline in a process of its own, through one long outage each; the stretches run at the same time.
let services: LocalServices;
let bench: KinesisBench;
const proxies: FaultProxy[] = [];
beforeAll(async () => {
  services = await startLocalServices({
    services: ['s3', 'sagemaker', 'kinesis', 'dynamodb'],
    buckets: ['in', 'out'],
  });
  const { AWS_ENDPOINT_URL_KINESIS: kinesis = '', AWS_ENDPOINT_URL_DYNAMODB: dynamodb = '' } = services.endpoints;
  bench = connectKinesisBench({ kinesis, dynamodb });
});
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await bench.close();
  await services.close();
});

const timeout = 170_000;
const maxInFlight = 20;
const nothing = { lost: 0, overCommitted: [], strangers: [] };

/** Streams and an endpoint of one test, and the pipeline that reads, asks and writes them. */
const setUp = async (records: readonly Buffer[], serviceMs = 20) => {
  const name = `e${randomUUID()}`;
  const names = { input: `in-${name}`, output: `out-${name}` };
  const dead = `dead-${name}`;
  for (const stream of [...Object.values(names), dead]) await bench.createStream(stream, 1);
  const [shard = ''] = await bench.shards(names.input);
  for (const record of records) await bench.appendBytes(names.input, shard, record);
  services.sagemaker.addEndpoint({
    name,
    model: echoModel({ serviceMs }),
    concurrencyPerInstance: 50,
    outputPath: 's3://out/async-inference/output/',
    failurePath: 's3://out/async-inference/failure/',
  });
  const check = (): Promise<StreamVerdict> =>
    checkStreams({ client: bench.client, dynamodb: bench.dynamodb, ...names, table: name });
  return {
    name,
    check,
    dead: async () => (await bench.contents(dead)).map(({ text }) => JSON.parse(text)),
    written: async () => (await bench.contents(names.output)).length,
    run(settings: readonly string[] = [], env: NodeJS.ProcessEnv = {}, more: readonly string[] = []): RunningSwath {
      const own = [
        `source.stream=${names.input}`,
        `sink.stream=${names.output}`,
        `deadLetter.stream=${dead}`,
        `endpoint.name=${name}`,
        `kinesis.leaseTable=${name}`,
        `source.maxInFlight=${maxInFlight}`,
        'source.failoverMs=3000',
        ...settings,
      ].flatMap((setting) => ['--set', setting]);
      const args = ['run', 'kinesis-infer', '--config', 'pipelines/kinesis-infer.yaml', '--json', ...own, ...more];
      return startSwath(args, { env: { ...services.endpoints, ...env } });
    },
    async all() {
      while ((await check()).lost > 0) await sleep(200);
    },
  };
};
const small = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(40));
const drained = async (swath: RunningSwath): Promise<void> => {
  swath.kill('SIGTERM');
  const { status, stdout } = await swath.ended;
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, tiles: { unfinished: 0, deadLettered: 0 } });
};

it.concurrent('no tile is refused, and few calls are made, while the endpoint throttles for a minute', {
  timeout,
}, async () => {
  const { name, check, run, all, dead } = await setUp(small(60));
  services.sagemaker.faults.set({ invoke: { throttle: 1, throttleStatus: 429 } }, name);
  const throttled = (): number => services.sagemaker.stats(name).throttled;
  const swath = run();
  while (throttled() < maxInFlight) await sleep(50);
  await sleep(30_000);
  const half = throttled();
  await sleep(30_000);
  const late = throttled() - half;
  services.sagemaker.faults.clear(name);
  // The pauses have grown to 7.5 s on average, and each attempt makes two calls at most.
  expect(late).toBeLessThan((maxInFlight * 2 * 30) / 7.5 + 100);
  expect(late).toBeLessThan(half);
  await all();
  await drained(swath);
  expect(await dead()).toEqual([]);
  expect(await check()).toMatchObject({ records: 60, ...nothing, repeated: 0, uncommitted: [] });
  expect(services.sagemaker.stats(name).accepted).toBe(60); // each was paid for once
});

it.concurrent('a tile whose deadline passes while the endpoint throttles goes to the dead letter, unpaid', {
  timeout,
}, async () => {
  const { name, run, dead } = await setUp(small(5));
  services.sagemaker.faults.set({ invoke: { throttle: 1 } }, name);
  const swath = run(['endpoint.deadlineMs=4000']);
  while ((await dead()).length < 5) await sleep(100);
  swath.kill('SIGTERM');
  expect((await swath.ended).status).toBe(0);
  const letters = await dead();
  expect(letters.map(({ swathdeadcode }) => swathdeadcode)).toEqual(letters.map(() => 'TILE_DEADLINE'));
  expect(services.sagemaker.stats(name).accepted).toBe(0);
});

it.concurrent('no tile is refused or paid for twice while S3 is told to slow down for long', { timeout }, async () => {
  const proxy = await startFaultProxy({ target: services.endpoints.AWS_ENDPOINT_URL_S3 ?? '' });
  proxies.push(proxy);
  const large = Array.from({ length: 60 }, () => randomBytes(140_000)); // too large to go with the invocation
  const { name, check, run, all, dead } = await setUp(large, 1_000);
  const accepted = (): number => services.sagemaker.stats(name).accepted;
  const healUploads = proxy.inject({ ...slowDown, when: ({ method }) => method === 'PUT' });
  const swath = run([], { AWS_ENDPOINT_URL_S3: proxy.url });
  while (proxy.counts.struck < maxInFlight) await sleep(20);
  await sleep(20_000);
  expect(accepted()).toBe(0);
  healUploads();
  while (accepted() < maxInFlight / 2) await sleep(20);
  const struck = proxy.counts.struck;
  const healLooks = proxy.inject({ ...slowDown, when: ({ method }) => method === 'GET' });
  await sleep(20_000);
  healLooks();
  expect(proxy.counts.struck - struck).toBeGreaterThan(maxInFlight / 2);
  await all();
  await drained(swath);
  expect(await dead()).toEqual([]);
  expect(await check()).toMatchObject({ records: 60, ...nothing, repeated: 0, uncommitted: [] });
  expect(accepted()).toBe(60);
});

it.concurrent('no tile is refused or paid for twice while S3 and then the endpoint are down', { timeout }, async () => {
  const { AWS_ENDPOINT_URL_S3: s3 = '', AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: sagemaker = '' } = services.endpoints;
  const [store, endpoint] = [await startFaultProxy({ target: s3 }), await startFaultProxy({ target: sagemaker })];
  proxies.push(store, endpoint);
  const large = Array.from({ length: 60 }, () => randomBytes(140_000));
  const { name, check, run, all, dead } = await setUp(large);
  const headers = { 'content-type': 'application/xml' };
  const body = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>down</Message></Error>';
  const healStore = store.inject({ kind: 'answer', status: 500, headers, body });
  const down = { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceUnavailable' };
  const healEndpoint = endpoint.inject({ kind: 'answer', status: 503, headers: down, body: '{"message":"down"}' });
  const swath = run([], { AWS_ENDPOINT_URL_S3: store.url, AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: endpoint.url });
  while (store.counts.struck < 4 * maxInFlight) await sleep(20);
  await sleep(10_000);
  healStore();
  while (endpoint.counts.struck < 4 * maxInFlight) await sleep(20);
  await sleep(10_000);
  healEndpoint();
  await all();
  await drained(swath);
  expect(await dead()).toEqual([]);
  expect(await check()).toMatchObject({ records: 60, ...nothing, repeated: 0, uncommitted: [] });
  expect(services.sagemaker.stats(name).accepted).toBe(60);
});

it.concurrent('is stopped while the output takes nothing: it drains once it does, and gives up at the limit', {
  timeout,
}, async () => {
  const proxy = await startFaultProxy({ target: bench.kinesis });
  proxies.push(proxy);
  const { check, run, all, dead } = await setUp(small(100));
  const env = { AWS_ENDPOINT_URL_KINESIS: proxy.url };
  const heal = proxy.inject(noneTaken);
  const stopsAtLimit = run(['drainMs=2000'], env);
  while (proxy.counts.struck < 3) await sleep(20);
  stopsAtLimit.kill('SIGTERM');
  expect((await stopsAtLimit.ended).status).toBe(3);

  const drains = run(['drainMs=60000', 'source.failoverMs=1000'], env);
  const { struck } = proxy.counts;
  while (proxy.counts.struck < struck + 3) await sleep(50);
  drains.kill('SIGTERM');
  await drains.says(/[Dd]rain|[Ss]topping/);
  await sleep(5_000);
  heal();
  const { status, stdout } = await drains.ended;
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, tiles: { unfinished: 0, deadLettered: 0 } });
  expect(await dead()).toEqual([]);

  const last = run();
  await all();
  await drained(last);
  // What was in flight when it gave up was not written.
  expect(await check()).toMatchObject({ records: 100, ...nothing, repeated: 0, uncommitted: [] });
});
