import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { encodeDeadEvents } from '../../../src/records/encodeDeadEvents.ts';
import { type RunningSwath, runSwath, startSwath } from '../../support/cli/startSwath.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy, throughputExceeded } from '../../support/faultProxy.ts';
import { startKinesisLocal } from '../../support/kinesis/startKinesisLocal.ts';
import { connectKinesisBench, type KinesisBench } from '../../support/kinesisBench.ts';

// Dead letters of streams, looked at and replayed while pipelines run, other replays run, and streams change.
let services: LocalServices;
let bench: KinesisBench;
let proxy: FaultProxy;
beforeAll(async () => {
  services = await startLocalServices({ services: ['kinesis', 'dynamodb'] });
  const { AWS_ENDPOINT_URL_KINESIS: kinesis = '', AWS_ENDPOINT_URL_DYNAMODB: dynamodb = '' } = services.endpoints;
  bench = connectKinesisBench({ kinesis, dynamodb });
  proxy = await startFaultProxy({ target: kinesis });
});
afterAll(async () => {
  await proxy.close();
  await bench.close();
  await services.close();
});

const makeStreams = async () => {
  const names = { input: `in-${randomUUID()}`, output: `out-${randomUUID()}`, dead: `dead-${randomUUID()}` };
  for (const stream of Object.values(names)) await bench.createStream(stream, 1);
  const count = async (stream: string): Promise<number> => (await bench.contents(stream)).length;
  return { ...names, count };
};
type Streams = Awaited<ReturnType<typeof makeStreams>>;
const poison = (i: number): string => JSON.stringify({ id: `poison ${i}`, colour: 'red' });
const runPipeline = ({ input, output, dead }: Streams): RunningSwath => {
  const settings = [`source.stream=${input}`, `sink.stream=${output}`, `deadLetter.stream=${dead}`];
  const own = [...settings, `kinesis.leaseTable=${input}`, 'source.readIntervalMs=200'].flatMap((each) => [
    '--set',
    each,
  ]);
  return startSwath(['run', 'kinesis-infer', '--config', 'pipelines/kinesis-infer.yaml', ...own], {
    env: { ...services.endpoints },
  });
};
const replay = async (dead: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
  const marks = ['--marks', `marks-${dead}`];
  const args = ['dlq', 'replay', `kinesis://${dead}`, '--json', ...marks, ...more];
  const { status, stdout, stderr } = await runSwath(args, { env: { ...services.endpoints, ...env } });
  const { sent = 0, ...summary } = stdout === '' ? {} : (JSON.parse(stdout) as { readonly sent?: number });
  return { status, stderr, sent, ...summary };
};
const timesOf = async (stream: string): Promise<Map<string, number>> => {
  const times = new Map<string, number>();
  for (const { text } of await bench.contents(stream)) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
};

it('replays each once and ends, while the pipeline refuses what comes back and new tiles fail all the time', async () => {
  const streams = await makeStreams();
  const { input, dead, count } = streams;
  const first = 250;
  await bench.appendAnywhere(
    input,
    Array.from({ length: first }, (_, i) => poison(i)),
  );
  const pipeline = runPipeline(streams);
  while ((await count(dead)) < first) await sleep(50);
  let next = first;
  const fails = new AbortController();
  const failing = (async () => {
    while (!fails.signal.aborted) {
      await bench.appendAnywhere(input, [poison(next++)]);
      await sleep(50);
    }
  })();
  // What is replayed has been refused again, and others have failed, by each next read of the dead letters.
  const heal = proxy.inject({
    kind: 'delay',
    delayMs: 1_500,
    when: ({ headers }) => headers['x-amz-target'] === 'Kinesis_20131202.GetRecords',
  });
  const done = await replay(dead, [], { AWS_ENDPOINT_URL_KINESIS: proxy.url });
  heal();
  fails.abort();
  await failing;
  expect(done).toMatchObject({ status: 0, refused: 0 });
  const times = await timesOf(input);
  const replayed = [...times.values()].map((each) => each - 1);
  expect(Math.max(...replayed)).toBe(1);
  expect(replayed.reduce((sum, each) => sum + each, 0)).toBe(done.sent);
  expect(Array.from({ length: first }, (_, i) => times.get(poison(i)))).toEqual(new Array(first).fill(2));

  while ((await count(dead)) < (await count(input))) await sleep(50); // all were refused again
  const again = await replay(dead, ['--max-replays', '1']);
  expect(again).toMatchObject({ status: 1, refused: done.sent, sent: next - done.sent });
  pipeline.kill('SIGTERM');
  expect((await pipeline.ended).status).toBe(0);
}, 120_000);

it('loses nothing when two replays run at once, and each sends a letter at most once', async () => {
  const streams = await makeStreams();
  const { input, dead, count } = streams;
  await bench.appendAnywhere(
    input,
    Array.from({ length: 400 }, (_, i) => poison(i)),
  );
  const pipeline = runPipeline(streams);
  while ((await count(dead)) < 400) await sleep(50);
  pipeline.kill('SIGTERM');
  await pipeline.ended;
  const both = await Promise.all([replay(dead), replay(dead)]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  const times = [...(await timesOf(input)).values()];
  expect(times).toHaveLength(400);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...times)).toBeLessThanOrEqual(3);
  expect(await replay(dead)).toMatchObject({ status: 0, matched: 0, sent: 0 });
});

it('waits out that the table of marks is throttled, and sends nothing twice', async () => {
  const { input, dead } = await makeStreams();
  await bench.appendAnywhere(dead, lettersOf(input, 0, 450));
  await using table = await startFaultProxy({ target: bench.dynamodb });
  const when = ({ headers }: ProxiedRequest): boolean => headers['x-amz-target'] === 'DynamoDB_20120810.BatchWriteItem';
  table.inject({ ...throughputExceeded, when, times: 8 });
  expect(await replay(dead, [], { AWS_ENDPOINT_URL_DYNAMODB: table.url })).toMatchObject({ status: 0, sent: 450 });
  expect(table.counts.struck).toBe(8);
  expect(await replay(dead)).toMatchObject({ status: 0, sent: 0 });
  expect([...(await timesOf(input)).values()]).toEqual(new Array(450).fill(1));
});

it('waits out throttling and old iterators of the dead letters', async () => {
  const { input, dead } = await makeStreams();
  await bench.appendAnywhere(dead, lettersOf(input, 0, 20));
  const reads = ({ headers }: ProxiedRequest): boolean => headers['x-amz-target'] === 'Kinesis_20131202.GetRecords';
  proxy.inject({ ...throughputExceeded, when: reads, times: 7 });
  const expired = '{"__type":"ExpiredIteratorException","message":"Iterator expired."}';
  const heal = proxy.inject({ ...throughputExceeded, body: expired, when: reads, times: 2 });
  expect(await replay(dead, [], { AWS_ENDPOINT_URL_KINESIS: proxy.url })).toMatchObject({ status: 0, sent: 20 });
  heal();
  expect([...(await timesOf(input)).values()]).toEqual(new Array(20).fill(1));
});

it('finds and replays the letters of a stream with many shards, some of them split and merged', async () => {
  await using kinesis = await startKinesisLocal();
  const many = connectKinesisBench({ kinesis: kinesis.url, dynamodb: bench.dynamodb });
  const { client } = many;
  const [input, dead] = [`in-${randomUUID()}`, `dead-${randomUUID()}`];
  await many.createStream(input, 1);
  await many.createStream(dead, 52);
  await many.appendAnywhere(dead, lettersOf(input, 0, 300));
  const before = await many.shards(dead);
  const reshard = async (send: () => Promise<unknown>): Promise<void> => {
    await send();
    await sleep(100); // until the change has begun
    await many.active(dead);
  };
  const range = 2n ** 128n / 52n;
  for (const at of [3, 10]) {
    const ShardToSplit = before[at];
    const NewStartingHashKey = String(range * BigInt(at) + range / 2n);
    await reshard(() => client.send(new SplitShardCommand({ StreamName: dead, ShardToSplit, NewStartingHashKey })));
  }
  for (const at of [20, 30]) {
    const [ShardToMerge, AdjacentShardToMerge] = [before[at], before[at + 1]];
    await reshard(() => client.send(new MergeShardsCommand({ StreamName: dead, ShardToMerge, AdjacentShardToMerge })));
  }
  expect(await many.shards(dead)).toHaveLength(52 + 2 * 2 + 2);
  await many.appendAnywhere(dead, lettersOf(input, 300, 300));
  const env = { ...services.endpoints, AWS_ENDPOINT_URL_KINESIS: kinesis.url };
  const list = await runSwath(['dlq', 'list', `kinesis://${dead}`, '--json'], { env });
  expect(JSON.parse(list.stdout)).toMatchObject({ total: 600, waiting: 600, unreadable: 0 });
  expect(await replay(dead, [], env)).toMatchObject({ status: 0, sent: 600 });
  expect(await replay(dead, [], env)).toMatchObject({ status: 0, matched: 0, sent: 0 });
  const values = (await many.contents(input)).map(({ text }) => text);
  expect(values.toSorted()).toEqual(Array.from({ length: 600 }, (_, i) => `value ${i}`).toSorted());
  await many.close();
}, 120_000);

/** Dead letters as the sink writes them. */
function lettersOf(stream: string, from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const value = Buffer.from(`value ${from + i}`);
    const dead = {
      record: { key: Buffer.from(`key ${from + i}`), value, headers: [], timestampMs: 0 },
      origin: { stream, partition: 'shardId-000000000000', position: String(from + i) },
      attempt: 1,
      stage: 'infer',
      reason: { code: 'INFERENCE_FAILED', message: 'it would not' },
    };
    const [event] = encodeDeadEvents(dead, { pipeline: 'test', nowMs: Date.UTC(2026, 0, 1), carrier: undefined });
    return Buffer.from(event?.value ?? []).toString();
  });
}
