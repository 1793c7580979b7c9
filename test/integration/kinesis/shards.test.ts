import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { DiagLogLevel, diag, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { kinesisClient } from '../../../src/aws/kinesisClient.ts';
import { kinesisReader } from '../../../src/aws/kinesisReader.ts';
import { listShards } from '../../../src/aws/listShards.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import type { Commit, RecordReader } from '../../../src/ports/recordReader.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { checkStreams } from '../../support/checker/checkStreams.ts';
import { type Following, followReader } from '../../support/contracts/followReader.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../support/faultProxy.ts';
import { type KinesisLocal, startKinesisLocal } from '../../support/kinesis/startKinesisLocal.ts';
import { type TilePipelineOptions, tilePipeline } from '../../support/kinesis/tilePipeline.ts';
import { connectKinesisBench, type KinesisBench, localAws } from '../../support/kinesisBench.ts';

let kinesis: KinesisLocal;
let services: LocalServices;
let dynamodb: string;
let proxy: FaultProxy;
let bench: KinesisBench;
let steals: number;
const opened: RecordReader<StreamRecord>[] = [];
beforeAll(async () => {
  kinesis = await startKinesisLocal();
  services = await startLocalServices({ services: ['dynamodb'] });
  dynamodb = services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  proxy = await startFaultProxy({ target: kinesis.url });
  bench = connectKinesisBench({ kinesis: kinesis.url, dynamodb });
});
beforeEach(() => {
  steals = 0;
  const silent = (): void => undefined;
  const warn = (message: string): void => {
    if (message.includes('went to another worker')) steals += 1;
  };
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(async () => {
  vi.useRealTimers();
  proxy.clear();
  diag.disable();
  for (const reader of opened.splice(0)) await reader.close();
  metrics.disable();
});
afterAll(async () => {
  await bench.close();
  await proxy.close();
  await services.close();
  await kinesis.close();
});

const half = (2n ** 127n).toString();
const quarter = (2n ** 126n).toString();
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `tile ${from + i}`);
const open = (stream: string, options: object = {}) => {
  const reader = kinesisReader(
    { stream, leaseTable: stream, region: 'us-east-1', failoverMs: 5_000, readIntervalMs: 200, ...options },
    { ...localAws, endpoint: proxy.url, store: dynamoLeaseStore({ ...localAws, endpoint: dynamodb, table: stream }) },
  );
  opened.push(reader);
  return { reader, seen: followReader(reader, ({ value }) => Buffer.from(value ?? []).toString()) };
};
const make = async (shards: number): Promise<string> => {
  const stream = `tiles-${randomUUID()}`;
  await bench.createStream(stream, shards);
  return stream;
};
const split = async (stream: string, shard: string, at: string): Promise<string[]> => {
  const before = await bench.shards(stream);
  await bench.client.send(new SplitShardCommand({ StreamName: stream, ShardToSplit: shard, NewStartingHashKey: at }));
  return grown(stream, before, 2);
};
const merge = async (stream: string, left: string, right: string): Promise<string[]> => {
  const before = await bench.shards(stream);
  await bench.client.send(
    new MergeShardsCommand({ StreamName: stream, ShardToMerge: left, AdjacentShardToMerge: right }),
  );
  return grown(stream, before, 1);
};
const grown = async (stream: string, before: readonly string[], by: number): Promise<string[]> => {
  for (;;) {
    const born = (await bench.shards(stream)).filter((shard) => !before.includes(shard));
    if (born.length === by) {
      await bench.active(stream);
      return born;
    }
    await sleep(20);
  }
};
/** A commit of everything that was seen of a partition. */
const commitAll = (seen: Following, partition: string): Commit => {
  const last = seen.records.filter((record) => record.partition === partition).at(-1);
  return {
    partition,
    epoch: seen.epoch(partition),
    nextSlot: (last?.slot ?? -1) + 1,
    position: last?.position,
    nextPosition: undefined,
    map: '',
  };
};

it('lists all shards, page by page', async () => {
  const stream = await make(5);
  const client = kinesisClient({ ...localAws, endpoint: kinesis.url });
  const all = await listShards(client, stream);
  expect(all).toHaveLength(5);
  expect(await listShards(client, stream, 2)).toEqual(all);
  client.destroy();
});

it('reads closed shards to their end, each before its children, when it starts after two reshards', async () => {
  const stream = await make(1);
  const [root = ''] = await bench.shards(stream);
  await bench.append(stream, root, texts(1, 30));
  const [left = '', right = ''] = await split(stream, root, half);
  await bench.append(stream, left, texts(31, 40));
  await bench.append(stream, right, texts(41, 50));
  const [last = ''] = await merge(stream, left, right);
  await bench.append(stream, last, texts(51, 60));

  const { reader, seen } = open(stream, { maxRecordsPerRead: 7 });
  await seen.until(() => seen.texts(root).length === 30);
  await sleep(500);
  expect(seen.records).toHaveLength(30); // nothing of the children before the parent is settled
  await reader.commit([commitAll(seen, root)]);
  await seen.until(() => seen.records.length === 50);
  await reader.commit([commitAll(seen, left)]);
  await sleep(500);
  expect(seen.records).toHaveLength(50); // one parent of two is not enough
  await reader.commit([commitAll(seen, right)]);
  await seen.until(() => seen.records.length === 60);
  expect(seen.texts(root)).toEqual(texts(1, 30));
  expect(seen.texts(left)).toEqual(texts(31, 40));
  expect(seen.texts(right)).toEqual(texts(41, 50));
  expect(seen.texts(last)).toEqual(texts(51, 60));
});

it.each([1, 2])(
  'loses nothing and keeps the order of keys while shards split and merge under load, %i workers reading them',
  async (count) => {
    const [input, output] = [await make(2), await make(1)];
    const common = {
      input,
      output,
      table: input,
      failoverMs: 5_000,
      maxInFlight: 20,
      workMs: 60,
      order: 'key',
    } as const;
    // A write that is slow on a busy machine must not be sent again: nothing here may repeat.
    const options: Omit<TilePipelineOptions, 'seed'> = { ...common, kinesis: proxy.url, dynamodb, timeoutMs: 20_000 };
    const workers = Array.from({ length: count }, (_, seed) => {
      const drain = new AbortController();
      const ended = Promise.withResolvers<void>();
      const { resolve, reject } = ended;
      tilePipeline({ ...options, seed }, drain.signal).subscribe({ error: reject, complete: () => resolve() });
      return { drain, ended: ended.promise };
    });
    const perCommit = 150; // more than is produced within the time of a commit
    const random = seededRandom(count);
    let producing = true;
    let produced = 0;
    const producer = (async () => {
      while (producing) {
        const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
        const descriptors = Array.from({ length: 5 }, () =>
          JSON.stringify({ id: `tile ${produced++}`, data_base64: png, contentType: 'image/png' }),
        );
        await bench.appendAnywhere(input, descriptors, () => `key ${Math.floor(random() * 15)}`);
        await sleep(50);
      }
    })();
    const [first = '', second = ''] = await bench.shards(input);
    const [, inner = ''] = await split(input, first, quarter);
    await sleep(500);
    await merge(input, inner, second);
    await sleep(500);
    producing = false;
    await producer;
    const check = () => checkStreams({ client: bench.client, dynamodb, input, output, table: input });
    while ((await check()).lost > 0) await sleep(200);
    for (const { drain } of workers) drain.abort();
    await Promise.all(workers.map(({ ended }) => ended));
    const { records, lost, overCommitted, strangers, repeated, keyInversions } = await check();
    expect({ records, lost, overCommitted, strangers, keyInversions }).toEqual({
      records: produced,
      lost: 0,
      overCommitted: [],
      strangers: [],
      keyInversions: [],
    });
    // Where two share, one takes a lease from the other when their shares change: what was not committed of it comes again.
    const mayRepeat = steals * (common.maxInFlight + perCommit);
    expect(repeated).toBeLessThanOrEqual(mayRepeat);
    expect(count > 1 || steals === 0).toBe(true);
  },
);

/** Reads the gauge of how far the reading is behind, as it is exported. */
function watchLag() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(provider);
  const lag = async (): Promise<number | undefined> => {
    exporter.reset();
    await provider.forceFlush();
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const points = found.find(({ descriptor }) => descriptor.name === 'swath.lag')?.dataPoints ?? [];
    return points.map(({ value }) => Number(value))[0];
  };
  return { lag, shutdown: () => provider.shutdown() };
}

it('tells how far it is behind, of the shard that is furthest', async () => {
  const { lag, shutdown } = watchLag();
  const stream = await make(2);
  const [shard = ''] = await bench.shards(stream);
  await bench.append(stream, shard, texts(1, 1));
  await sleep(1_100);
  await bench.append(stream, shard, texts(2, 15));
  const { seen } = open(stream, { maxRecordsPerRead: 1 });
  await seen.until(() => seen.records.length >= 1);
  while (!((await lag()) ?? 0)) await sleep(20);
  expect(await lag()).toBeGreaterThan(0.5); // a second lies between the first record and the others
  await seen.until(() => seen.records.length >= 15);
  while ((await lag()) !== 0) await sleep(20);
  await shutdown();
});

it('is not behind any more once it has no shard', async () => {
  const { lag, shutdown } = watchLag();
  const stream = await make(1);
  const [shard = ''] = await bench.shards(stream);
  await bench.append(stream, shard, texts(1, 1));
  await sleep(1_100);
  await bench.append(stream, shard, texts(2, 15));
  const { seen, reader } = open(stream, { maxRecordsPerRead: 1 });
  await seen.until(() => seen.records.length >= 1);
  while (!((await lag()) ?? 0)) await sleep(20);
  await seen.stop();
  await reader.close();
  expect(await lag()).toBe(0);
  await shutdown();
});

it('reads a shard at most five times a second', async () => {
  const stream = await make(1);
  const [shard = ''] = await bench.shards(stream);
  const readsAt: number[] = [];
  const remember = (target: unknown): boolean => {
    if (target === 'Kinesis_20131202.GetRecords') readsAt.push(performance.now());
    return false;
  };
  const forget = proxy.inject({ kind: 'reset', when: ({ headers }) => remember(headers['x-amz-target']) });
  await bench.append(stream, shard, texts(1, 12));
  const { seen } = open(stream, { maxRecordsPerRead: 1 });
  await seen.until(() => seen.records.length >= 12);
  forget();
  const spanMs = (readsAt.at(-1) ?? 0) - (readsAt[0] ?? 0);
  expect(readsAt.length).toBeGreaterThanOrEqual(12);
  expect(readsAt.length - 1).toBeLessThanOrEqual(Math.ceil(spanMs / 199)); // timers may fire a millisecond early
});

it('reads from now on where it is to begin at a time that is yet to come, which Kinesis refuses', async () => {
  const stream = await make(1);
  const [shard = ''] = await bench.shards(stream);
  await bench.append(stream, shard, texts(1, 5));
  await sleep(50);
  let reads = 0;
  const when = ({ headers }: ProxiedRequest): boolean => {
    if (headers['x-amz-target'] === 'Kinesis_20131202.GetRecords') reads += 1;
    return false;
  };
  proxy.inject({ kind: 'reset', when });
  const { seen } = open(stream, { from: new Date(Date.now() + 3_600_000).toISOString() });
  while (reads === 0) await sleep(20);
  await bench.append(stream, shard, texts(6, 8));
  await seen.until(() => seen.records.length >= 3);
  expect(seen.texts(shard)).toEqual(texts(6, 8));
});

it.each([3_600_000, -3_600_000])(
  'latest loses nothing when its first iterator breaks, the wall clock being off by %i ms',
  async (jumpMs) => {
    const stream = await make(1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 3));
    await sleep(3_000); // older than what the date of an answer may be wrong by
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jumpMs });
    let reads = 0;
    const when = ({ headers }: ProxiedRequest): boolean => {
      if (headers['x-amz-target'] !== 'Kinesis_20131202.GetRecords') return false;
      reads += 1;
      return true;
    };
    // Every read fails from the start, so that nothing but the time of the first iterator says where to go on.
    const heal = proxy.inject({ kind: 'reset', when });
    const { seen } = open(stream, { from: 'latest' });
    while (reads === 0) await sleep(20);
    await bench.append(stream, shard, texts(4, 6));
    heal();
    await seen.until(() => seen.records.length >= 3);
    expect(seen.texts(shard)).toEqual(texts(4, 6));
  },
);
