import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../src/local/localServices.ts';
import { echoModel } from '../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { decodeOffsetMap, spanCap } from '../../src/tile/offsetMap.ts';
import { collectTraces } from '../support/cli/collectTraces.ts';
import { runSwath, startSwath } from '../support/cli/startSwath.ts';
import { localAws } from '../support/kinesisBench.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  services = await startLocalServices({ services: ['s3', 'sagemaker'], buckets: ['in', 'out'] });
  services.sagemaker.addEndpoint({
    name: 'detector',
    model: echoModel({ serviceMs: 5 }),
    outputPath: 's3://out/async-inference/output/',
    failurePath: 's3://out/async-inference/failure/',
  });
  env = { ...services.endpoints };
});
afterAll(() => services.close());

const addressOf = ({ brokers, topic }: TestTopic): string => `kafka://${brokers.join(',')}/${topic}`;

/** Runs the shipped pipeline until it is idle; tiles it cannot read become dead letters. */
async function runPipeline(input: TestTopic, output: TestTopic, dead: TestTopic): Promise<void> {
  const settings = [
    `kafka.brokers=${input.brokers.join(',')}`,
    `source.topic=${input.topic}`,
    `source.groupId=${input.groupId}`,
    `sink.topic=${output.topic}`,
    `deadLetter.topic=${dead.topic}`,
  ].flatMap((setting) => ['--set', setting]);
  const config = ['--config', 'pipelines/kafka-infer.yaml', '--until-idle', '2'];
  const { status, stderr } = await runSwath(['run', 'kafka-infer', ...config, ...settings], { env });
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

const bytes = Buffer.from([0x7b, 0, 0xff, 0x1b, 0x5b]);

it('counts what a pipeline refused by code, and shows one of them', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic({ partitions: 2 })];
  await input.append(0, [
    { key: 'a', value: Buffer.alloc(0) },
    { key: 'b', value: null },
    { key: 'c', value: '{"id":"c","colour":"red"}', headers: { own: bytes } },
  ]);
  await runPipeline(input, output, dead);
  const list = await runSwath(['dlq', 'list', addressOf(dead), '--json'], { env });
  expect(list.status).toBe(0);
  expect(JSON.parse(list.stdout)).toMatchObject({
    total: 3,
    waiting: 3,
    replayed: 0,
    unreadable: 0,
    groups: [
      { code: 'RECORD_EMPTY', count: 2 },
      { code: 'RECORD_INVALID', count: 1 },
    ],
  });
  const one = await runSwath(['dlq', 'list', addressOf(dead), '--where', 'id=c'], { env });
  expect(one.stdout).toMatch(/: 1 dead letters, 1 waiting, 0 replayed\.\n/);
  const show = await runSwath(['dlq', 'show', addressOf(dead), `${input.topic}/0/2`, '--json'], { env });
  expect(JSON.parse(show.stdout)).toMatchObject({
    id: 'c',
    code: 'RECORD_INVALID',
    key: 'c',
    headers: [['own', '{\\x00\\xff\\x1b[']],
    preview: '{"id":"c","colour":"red"}',
    replayed: false,
  });
});

it('says that a topic is missing, with status 2', async () => {
  const { brokers } = await testTopic();
  const { status, stderr } = await runSwath(['dlq', 'list', `kafka://${brokers.join(',')}/nowhere`], { env });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: nowhere: must be a topic or stream that exists: .*\n$/);
});

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
type Stored = Awaited<ReturnType<TestTopic['readAll']>>[number];

/** A dead letter as the pipeline writes it. */
function letterOf(
  key: string,
  code: string,
  position: number,
  input: TestTopic,
  headers: Record<string, Buffer | string> = {},
) {
  const facts = { code, message: 'it would not', stage: 'infer', attempts: '2', time: '2026-01-01T00:00:00.000Z' };
  const named = Object.entries({ ...facts, origin: `${input.topic}/0/${position}` });
  const dead = Object.fromEntries(named.map(([name, text]) => [`swath-dead-${name}`, text]));
  return { key, value: Buffer.concat([bytes, Buffer.from(key)]), headers: { ...headers, ...dead } };
}

/** Appends many dead letters, in requests that the broker takes. */
async function appendLetters(
  dead: TestTopic,
  partition: number,
  count: number,
  make: (i: number) => ReturnType<typeof letterOf>,
): Promise<void> {
  for (let from = 0; from < count; from += 2000) {
    const length = Math.min(2000, count - from);
    await dead.append(
      partition,
      Array.from({ length }, (_, i) => make(from + i)),
    );
  }
}

async function replay(dead: TestTopic, ...more: string[]): Promise<{ status: number; stdout: object; stderr: string }> {
  const { status, stdout, stderr } = await runSwath(['dlq', 'replay', addressOf(dead), '--json', ...more], { env });
  return { status, stderr, stdout: stdout === '' ? {} : JSON.parse(stdout) };
}

it('brings a tile through once what it lacked is there, and a second replay sends nothing', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
  const value = JSON.stringify({ id: 'late', uri: 's3://in/late.png', contentType: 'image/png' });
  await input.append(0, [{ key: 'late', value, headers: { own: bytes, traceparent: trace } }]);
  await runPipeline(input, output, dead);
  const list = await runSwath(['dlq', 'list', addressOf(dead), '--json'], { env });
  expect(JSON.parse(list.stdout)).toMatchObject({ waiting: 1, groups: [{ code: 'PAYLOAD_MISSING' }] });

  const s3 = new S3Client({
    ...localAws,
    endpoint: services.endpoints.AWS_ENDPOINT_URL_S3 ?? '',
    forcePathStyle: true,
  });
  await s3.send(new PutObjectCommand({ Bucket: 'in', Key: 'late.png', Body: 'a picture' }));
  s3.destroy();
  expect(await replay(dead)).toMatchObject({ status: 0, stdout: { to: 'origin', matched: 1, sent: 1, refused: 0 } });
  expect(await replay(dead)).toMatchObject({ status: 0, stdout: { matched: 0, sent: 0 } });
  const [first, again, ...more] = await input.readAll();
  expect(more).toEqual([]);
  expect([again?.key, again?.value]).toEqual([first?.key, first?.value]);
  const { 'swath-replays': replays, 'swath-dead-attempts': attempts, ...headers } = again?.headers ?? {};
  expect(headers).toEqual(first?.headers);
  expect([String(replays), String(attempts)]).toEqual(['1', '1']);

  await runPipeline(input, output, dead);
  expect((await output.readAll()).map(({ key }) => String(key))).toEqual(['late']);
  const after = await runSwath(['dlq', 'list', addressOf(dead)], { env });
  expect(after.stdout).toMatch(/: 1 dead letters, 0 waiting, 1 replayed\.\n/);
});

it('stops at the limit with a tile that is refused again and again', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
  await input.append(0, [{ key: 'poison', value: '{"id":"poison","colour":"red"}', headers: { own: bytes } }]);
  for (let round = 0; round < 2; round++) {
    await runPipeline(input, output, dead);
    expect(await replay(dead, '--max-replays', '2')).toMatchObject({ status: 0, stdout: { sent: 1, refused: 0 } });
  }
  await runPipeline(input, output, dead);
  expect(await replay(dead, '--max-replays', '2')).toMatchObject({
    status: 1,
    stdout: { matched: 1, sent: 0, refused: 1 },
  });
  expect(await input.readAll()).toHaveLength(3);
  const letters = await dead.readAll();
  expect(letters.map(({ headers }) => String(headers['swath-replays'] ?? 0))).toEqual(['0', '1', '2']);
  expect(letters.map(({ headers }) => String(headers['swath-dead-attempts']))).toEqual(['1', '2', '3']);
  expect(letters.map(({ headers, key, value }) => [headers['own'], String(key), String(value)])).toEqual(
    letters.map(() => [bytes, 'poison', '{"id":"poison","colour":"red"}']),
  );
});

it('replays what a filter keeps, marks it, and leaves the rest for a later replay', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  const codes = ['A', 'B', 'A', 'B', 'B', 'A'];
  await dead.append(
    0,
    codes.map((code, i) => letterOf(`${code}${i}`, code, i, input)),
  );
  const keys = async (): Promise<string[]> => (await input.readAll()).map(({ key }) => String(key)).toSorted();
  expect(await replay(dead, '--where', 'code=B', '--dry-run')).toMatchObject({
    stdout: { dryRun: true, chosen: 3, sent: 0 },
  });
  expect(await keys()).toEqual([]);
  expect(await replay(dead, '--where', 'code=B', '--limit', '2')).toMatchObject({ stdout: { sent: 2 } });
  expect(await keys()).toEqual(['B1', 'B3']);
  const groupId = `swath-dlq-${dead.topic}`;
  const { offset, metadata } = await committedBy(dead, groupId);
  expect([offset, decodeOffsetMap(metadata)?.finished]).toEqual(['0', [1, 3]]);
  expect(await replay(dead, '--where', 'code=B')).toMatchObject({ stdout: { matched: 1, sent: 1 } });
  expect(await replay(dead)).toMatchObject({ stdout: { matched: 3, sent: 3 } });
  expect(await keys()).toEqual(['A0', 'A2', 'A5', 'B1', 'B3', 'B4']);
  expect(await committedBy(dead, groupId)).toMatchObject({ offset: '6' });
});

async function committedBy(dead: TestTopic, groupId: string): Promise<{ offset: string; metadata: string }> {
  const admin = dead.kafka().admin();
  await admin.connect();
  const [answer] = await admin.fetchOffsets({ groupId, topics: [dead.topic] });
  await admin.disconnect();
  const own = answer?.partitions.find(({ partition }) => partition === 0);
  return { offset: own?.offset ?? '', metadata: own?.metadata ?? '' };
}

it('loses nothing when it is killed in the middle, and repeats what it had not marked', async () => {
  const count = 20_000;
  const [input, dead] = [await testTopic({ partitions: 3 }), await testTopic({ partitions: 2 })];
  for (const partition of [0, 1]) {
    await appendLetters(dead, partition, count / 2, (i) => letterOf(`${partition}-${i}`, 'A', i, input));
  }
  const first = startSwath(['dlq', 'replay', addressOf(dead)], { env });
  const admin = input.kafka().admin();
  await admin.connect();
  const written = async (): Promise<number> =>
    (await admin.fetchTopicOffsets(input.topic)).reduce((sum, { high }) => sum + Number(high), 0);
  while ((await written()) < 1000);
  first.kill('SIGKILL');
  expect(await first.ended).toMatchObject({ status: 137 });
  const before = await written();
  expect(before).toBeLessThan(count);
  await admin.disconnect();
  const second = await replay(dead);
  expect(second.status).toBe(0);
  const all = (await input.readAll()).map(({ key }: Stored) => String(key));
  expect(new Set(all).size).toBe(count);
  expect(all.length - count).toBeLessThanOrEqual(200);
  expect(await replay(dead)).toMatchObject({ stdout: { matched: 0, sent: 0 } });
});

it('sends nothing that it could not mark, and all of it once what waits in front is replayed', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  const count = spanCap + 100;
  await appendLetters(dead, 0, count, (i) => letterOf(String(i), i === 0 ? 'A' : 'B', i, input));
  const only = ['--where', 'code=B'];
  expect(await replay(dead, ...only)).toMatchObject({
    status: 1,
    stdout: { matched: count - 1, sent: spanCap - 1, outOfReach: 100 },
  });
  expect(await replay(dead, ...only)).toMatchObject({ status: 1, stdout: { matched: 100, sent: 0, outOfReach: 100 } });
  expect(await replay(dead)).toMatchObject({ status: 0, stdout: { matched: 101, sent: 101, outOfReach: 0 } });
  expect(new Set((await input.readAll()).map(({ key }) => String(key))).size).toBe(count);
  expect(await input.readAll()).toHaveLength(count);
});

it('does not share its marks with another replay that runs', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  await dead.append(0, [letterOf('a', 'A', 0, input)]);
  const other = dead.kafka().consumer({ groupId: `swath-dlq-${dead.topic}` });
  await other.connect();
  await other.subscribe({ topics: [dead.topic] });
  const joined = new Promise((resolve) => other.on('consumer.group_join', resolve));
  await other.run({ autoCommit: false, eachBatch: async () => undefined });
  await joined;
  const { status, stderr } = await replay(dead);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: SOURCE_FAILED: somebody else reads topic .*; wait until that has ended$/m);
  await other.disconnect();
  expect(await replay(dead)).toMatchObject({ status: 0, stdout: { sent: 1 } });
});

it('links the trace of the record it writes to the trace of the tile', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  await dead.append(0, [
    letterOf('traced', 'A', 0, input, { traceparent: trace }),
    letterOf('untraced', 'A', 1, input),
  ]);
  await using traces = await collectTraces();
  const args = ['dlq', 'replay', addressOf(dead), '--to', addressOf(input)];
  const { status } = await runSwath(args, { env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: traces.url } });
  expect(status).toBe(0);
  const sends = traces.spans.filter(({ name }) => name === `send ${input.topic}`);
  expect(sends.map(({ links = [] }) => links.map(({ traceId, spanId }) => [traceId, spanId]))).toContainEqual([
    ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'],
  ]);
  const records = await input.readAll();
  const parentOf = (key: string): string =>
    String(records.find((own) => String(own.key) === key)?.headers['traceparent']);
  expect(parentOf('traced')).toBe(trace);
  const begun = sends.map(({ traceId, spanId }) => `00-${traceId}-${spanId}`);
  expect(begun).toContainEqual(parentOf('untraced').slice(0, 52));
});

it('refuses to lose headers by going to Kinesis', async () => {
  const { status, stderr } = await replay(await testTopic(), '--to', 'kinesis://tiles');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: --to: must be a topic: Kinesis has no headers, .*\n$/);
});
