import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import { artefactFolder } from '../../../src/cli/local/artefactFolder.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import type { ModelProcess } from '../../../src/local/modelProcess.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { startModelProcess } from '../../../src/local/startModelProcess.ts';
import { decodeDeadLetter } from '../../../src/records/decodeDeadLetter.ts';
import { badRecords, drawnRoom } from '../../support/cli/badRecords.ts';
import { runSwath, startSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';

/** Shards by stream, for each signal an input and an output. */
const drained = { 'many-SIGINT': 2, 'echoes-SIGINT': 1, 'many-SIGTERM': 2, 'echoes-SIGTERM': 1 };
const idle = { backlog: 3, 'backlog-out': 1, crashed: 2, 'crashed-out': 1, single: 1, 'single-out': 1 };

let services: LocalServices;
let model: ModelProcess;
let env: NodeJS.ProcessEnv;
let kinesis: typeof localAws & { endpoint: string };
beforeAll(async () => {
  services = await startLocalServices({
    buckets: ['in', 'out'],
    streams: { tiles: 2, detections: 1, dead: 1, unread: 1, 'tiles.dead': 1, ...drained, ...idle },
  });
  model = await startModelProcess({ modelDir: artefactFolder('rooms') });
  const outputPath = 's3://out/async-inference/output/';
  const failurePath = 's3://out/async-inference/failure/';
  services.sagemaker.addEndpoint({ name: 'detector', model: model.url, outputPath, failurePath });
  services.sagemaker.addEndpoint({
    name: 'echo',
    model: echoModel({ serviceMs: 50 }),
    concurrencyPerInstance: 50,
    outputPath,
    failurePath,
  });
  env = { ...services.endpoints };
  kinesis = { ...localAws, endpoint: services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '' };
});
afterAll(async () => {
  await model.stop();
  await services.close();
});

const publish = async (stream: string, records: readonly { name: string; value: Buffer | null }[]): Promise<void> => {
  const writer = kinesisWriter({ stream, region: 'us-east-1' }, kinesis);
  const writes = records.map(({ name, value }) => writer.write({ key: Buffer.from(name), value, headers: [] }));
  await Promise.all(writes);
  await writer.close();
};
const eventsOf = async (stream: string): Promise<Record<string, unknown>[]> =>
  (await readWholeStream(stream, kinesis)).map(({ value }) => JSON.parse(Buffer.from(value).toString()));
const run = ['run', 'kinesis-infer', '--config', 'pipelines/kinesis-infer.yaml', '--json'];

it.each([
  ['sink', 'STREAM_MISSING'],
  ['deadLetter', 'STREAM_MISSING'],
  ['source', 'STREAM_MISSING'],
])('names the stream of the %s that is missing, before anything is read or paid for', async (section, code) => {
  await publish('unread', [{ name: 'tile', value: (await drawnRoom()).png }]);
  const own = ['source.stream=unread', `${section}.stream=nowhere`, 'kinesis.leaseTable=never-begun'].flatMap(
    (setting) => ['--set', setting],
  );
  const { status, stdout, stderr } = await runSwath([...run, ...own], { env });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^error: ${code}: stream nowhere does not exist.*\\nwhat to do: Create what`, 'm'));
  expect(services.sagemaker.stats().accepted).toBe(0);
});

it.each([{ more: [] }, { more: ['--check'] }])(
  'says without a region that it is missing, as a mistake in the configuration $more',
  async ({ more }) => {
    const { AWS_REGION: _, ...without } = env;
    const none = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const { status, stderr } = await runSwath([...run, ...more], { env: { ...without, ...none } });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^error: AWS region: is missing: set AWS_REGION, or `region` in the AWS profile/m),
    });
  },
);

it('names the variable of an endpoint that is no URL, and shows no password of it', async () => {
  const wrong = { ...env, AWS_ENDPOINT_URL_KINESIS: 'http://me:secret@bad host:80' };
  const { status, stderr } = await runSwath([...run, '--verbose'], { env: wrong });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(
      /^error: AWS_ENDPOINT_URL_KINESIS: must be a URL that begins with http:\/\/ or https:\/\/.*, got "http:\/\/\(hidden\)@bad host:80"$/m,
    ),
  });
  expect(stderr).not.toContain('secret');
});

it('takes what is no tile to the dead letter, with code and bytes, and all others to the output', async () => {
  const records = await badRecords();
  await publish('tiles', records);
  const own = ['--set', 'deadLetter.stream=dead', '--until-idle', '2'];
  const { status, stdout, stderr } = await runSwath([...run, ...own], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^Running kinesis-infer/) });
  const bad = records.filter(({ code }) => code !== undefined);
  const good = records.length - bad.length;
  expect(JSON.parse(stdout)).toMatchObject({
    reason: 'idle',
    tiles: { read: records.length, written: good, deadLettered: bad.length, unfinished: 0 },
  });
  const letters = (await readWholeStream('dead', kinesis)).map(({ key, value }) =>
    decodeDeadLetter({ key: Buffer.from(key), value, headers: [], timestampMs: 0 }),
  );
  const found = letters.map(({ code, original }) => ({ name: String(original.key), code, value: original.value }));
  const wanted = bad.map(({ name, code, value }) => ({ name, code, value }));
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  expect(found.sort(byName)).toEqual(wanted.sort(byName));
  const results = await eventsOf('detections');
  expect(results).toHaveLength(good);
  expect(results.map(({ id }) => id)).toEqual(expect.arrayContaining(['first', 'untraced', 'last']));
  for (const { data, type, source } of results) {
    expect({ type, source }).toEqual({ type: 'swath.tile.result', source: '/swath/kinesis-infer' });
    expect(data).toMatchObject({ status: 'success', room_count: 1, image_shape: [200, 200, 3] });
  }
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'drains at %s in the middle, and the next start repeats nothing',
  async (signal) => {
    const [many, echoes] = [`many-${signal}`, `echoes-${signal}`];
    const count = 400;
    const records = Array.from({ length: count }, () => ({ name: randomUUID(), value: Buffer.from(randomUUID()) }));
    await publish(many, records);
    const own = [
      `source.stream=${many}`,
      `sink.stream=${echoes}`,
      'endpoint.name=echo',
      `kinesis.leaseTable=${many}`,
      'source.maxInFlight=20',
    ];
    const args = [...run, ...own.flatMap((setting) => ['--set', setting])];
    const first = startSwath([...args, '--http', '0'], { env });
    const [, url] = await first.says(/Pages at (\S+):/);
    let acked = 0;
    while (acked < 60)
      ({
        tiles: { acked = 0 } = {},
      } = await (await fetch(`${url}/readyz`)).json());
    first.kill(signal);
    const ended = await first.ended;
    expect(ended.status).toBe(0);
    const before = JSON.parse(ended.stdout);
    expect(before).toMatchObject({ reason: 'drained', tiles: { unfinished: 0, deadLettered: 0 } });
    expect(before.tiles.written).toBeGreaterThanOrEqual(60);
    expect(before.tiles.written).toBeLessThan(count);
    const second = await runSwath([...args, '--until-idle', '1'], { env });
    expect(second.status).toBe(0);
    expect(JSON.parse(second.stdout).tiles).toMatchObject({ read: count - before.tiles.written, deadLettered: 0 });
    const subjects = (await eventsOf(echoes)).map(({ subject }) => subject);
    expect(subjects).toHaveLength(count);
    expect(new Set(subjects).size).toBe(count);
  },
);

/** Fills a stream, and answers how it is read. */
const fill = async (stream: keyof typeof idle, count: number): Promise<string[]> => {
  const records = Array.from({ length: count }, () => ({ name: randomUUID(), value: Buffer.from(randomUUID()) }));
  await publish(stream, records);
  const own = [
    `source.stream=${stream}`,
    `sink.stream=${stream}-out`,
    'endpoint.name=echo',
    `kinesis.leaseTable=${stream}`,
    'source.failoverMs=2000',
    'source.maxInFlight=20',
  ];
  return [...run, ...own.flatMap((setting) => ['--set', setting])];
};

it('runs until all that lay in the stream is settled, however short the time that counts as idle', async () => {
  const args = await fill('backlog', 300);
  const { stdout } = await runSwath([...args, '--until-idle', '0.02'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ reason: 'idle', tiles: { read: 300, written: 300, unfinished: 0 } });
  const again = await runSwath([...args, '--until-idle', '0.02'], { env });
  expect(JSON.parse(again.stdout)).toMatchObject({ reason: 'idle', tiles: { read: 0 } });
});

it('is not idle while it may be that a worker that died lives', async () => {
  const args = await fill('crashed', 200);
  const first = startSwath([...args, '--http', '0'], { env });
  const [, url] = await first.says(/Pages at (\S+):/);
  for (let read = 0; read < 10; )
    ({
      tiles: { read = 0 } = {},
    } = await (await fetch(`${url}/readyz`)).json());
  first.kill('SIGKILL');
  await first.ended.catch(() => undefined);
  const { stdout } = await runSwath([...args, '--until-idle', '0.02'], { env });
  const { reason, tiles } = JSON.parse(stdout);
  expect({ reason, unfinished: tiles.unfinished }).toEqual({ reason: 'idle', unfinished: 0 });
  const subjects = (await eventsOf('crashed-out')).map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(200);
});

it('is idle without a shard once the worker that has it was seen to live', async () => {
  const args = await fill('single', 5);
  const first = startSwath(args, { env });
  while ((await eventsOf('single-out')).length < 5) await sleep(50);
  const second = await runSwath([...args, '--until-idle', '0.02'], { env });
  expect(JSON.parse(second.stdout)).toMatchObject({ reason: 'idle', tiles: { read: 0 } });
  first.kill('SIGTERM');
  expect(JSON.parse((await first.ended).stdout)).toMatchObject({ reason: 'drained', tiles: { read: 5 } });
});
