import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { type RunningSwath, startSwath } from '../../support/cli/startSwath.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { connectKinesisBench, type KinesisBench } from '../../support/kinesisBench.ts';
import { type SilentServer, startSilentServer } from '../../support/silentServer.ts';

/** Long enough for a run that waits for it to fail its test. */
const forEver = ['--set', 'drainMs=3600000'];
const kafkaInfer = ['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', '--json', ...forEver];
const kinesisInfer = ['run', 'kinesis-infer', '--config', 'pipelines/kinesis-infer.yaml', '--json', ...forEver];

let folder = '';
let silent: SilentServer;
let services: LocalServices;
let bench: KinesisBench;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-stopping-'));
  silent = await startSilentServer();
  services = await startLocalServices({
    services: ['kinesis', 'dynamodb'],
    streams: { tiles: 1, detections: 1, 'tiles.dead': 1 },
  });
  const { AWS_ENDPOINT_URL_KINESIS: kinesis = '', AWS_ENDPOINT_URL_DYNAMODB: dynamodb = '' } = services.endpoints;
  bench = connectKinesisBench({ kinesis, dynamodb });
});
afterAll(async () => {
  await bench.close();
  await services.close();
  await silent[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const silentAws = (): NodeJS.ProcessEnv => ({ ...services.endpoints, ...silentFor('KINESIS', 'DYNAMODB') });
const silentFor = (...names: string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.map((name) => [`AWS_ENDPOINT_URL_${name}`, `http://${silent.address}`]));

/** A proxy before Kinesis or DynamoDB, to know when a command has come so far. */
const proxyOf = (name: 'KINESIS' | 'DYNAMODB'): Promise<FaultProxy> =>
  startFaultProxy({ target: services.endpoints[`AWS_ENDPOINT_URL_${name}`] ?? '' });
const struck = async ({ counts }: FaultProxy): Promise<void> => {
  while (counts.struck === 0) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** Stops a command by one signal. What it started must be gone with it. */
const stopped = async (swath: RunningSwath, signal: NodeJS.Signals = 'SIGTERM') => {
  const children = swath.children();
  swath.kill(signal);
  const { status, stdout, stderr } = await swath.ended;
  expect(stderr).not.toMatch(/\n\s+at |error:/);
  for (const child of children) expect(() => process.kill(child, 0)).toThrow('ESRCH');
  return { status, stdout, stderr };
};
const nothingDone = { reason: 'drained', tiles: { read: 0, written: 0, unfinished: 0 }, calls: {} };

describe('a run that is stopped', () => {
  it('while its pipeline file is loaded has drained', async () => {
    const path = join(folder, 'slow.ts');
    await writeFile(path, `process.stderr.write('loading'); await new Promise((r) => setTimeout(r, 3_600_000));`);
    const swath = startSwath(['run', path, '--json']);
    await swath.says(/loading/);
    const { status, stdout } = await stopped(swath, 'SIGINT');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: path, ...nothingDone });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s while no broker answers has drained', async (signal) => {
    await using deaf = await startSilentServer();
    const swath = startSwath([...kafkaInfer, '--set', `kafka.brokers=${deaf.address}`]);
    await deaf.asked;
    const { status, stdout } = await stopped(swath, signal);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: 'kafka-infer', ...nothingDone });
  });

  it('while the streams do not answer has drained', async () => {
    await using deaf = await startSilentServer();
    const url = `http://${deaf.address}`;
    const env = { ...silentAws(), AWS_ENDPOINT_URL_KINESIS: url, AWS_ENDPOINT_URL_DYNAMODB: url };
    const swath = startSwath(kinesisInfer, { env });
    await deaf.asked;
    const { status, stdout } = await stopped(swath);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { read: 0, unfinished: 0 } });
  });

  it.each(['DescribeTable', 'CreateTable'])('while the lease table waits for %s has drained', async (operation) => {
    await using proxy = await proxyOf('DYNAMODB');
    proxy.inject({ kind: 'hang', when: ({ headers }) => String(headers['x-amz-target']).endsWith(`.${operation}`) });
    const env = { ...services.endpoints, AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
    const swath = startSwath([...kinesisInfer, '--set', `kinesis.leaseTable=never-${operation}`], { env });
    await struck(proxy);
    const { status, stdout } = await stopped(swath);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { read: 0, unfinished: 0 } });
  });

  it('before its first tile has drained, and leaves the streams as they were', async () => {
    const swath = startSwath([...kinesisInfer, '--http', '0'], { env: { ...services.endpoints } });
    const [, url] = await swath.says(/Pages at (\S+):/);
    while (!(await fetch(`${url}/readyz`)).ok);
    const { status, stdout } = await stopped(swath);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { read: 0, unfinished: 0 } });
    expect(await bench.contents('detections')).toEqual([]);
    expect(await bench.contents('tiles.dead')).toEqual([]);
  });
});

describe('a command that is stopped', () => {
  it('while the model starts leaves no process, and serves nothing', async () => {
    const swath = startSwath(['local', '--json']);
    await swath.says(/Starting the model/);
    while (swath.children().length === 0);
    expect(await stopped(swath, 'SIGINT')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Starting the model …\nStopping …\n',
    });
  });

  it('while its services start leaves no process and no result', async () => {
    const swath = startSwath(['demo', '--out', join(folder, 'out'), '--json']);
    await swath.says(/Starting the services/);
    const { status, stdout, stderr } = await stopped(swath);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/Stopped before the first tile; no result was written\.\n$/);
  });

  it.each([
    ['publish', ['publish', 'package.json', '--json', '--to'], { files: 0, records: 0, unconfirmed: 0 }],
    ['dlq replay', ['dlq', 'replay', '--json'], { chosen: 0, sent: 0, unconfirmed: 0 }],
  ])('has done nothing where nothing answered: %s', async (_, args, facts) => {
    for (const kind of ['kafka', 'kinesis'] as const) {
      await using deaf = await startSilentServer();
      const url = `http://${deaf.address}`;
      const env = { ...silentAws(), AWS_ENDPOINT_URL_KINESIS: url, AWS_ENDPOINT_URL_DYNAMODB: url };
      const target = kind === 'kafka' ? `kafka://${deaf.address}/tiles` : 'kinesis://tiles';
      const swath = startSwath([...args, target], { env });
      await deaf.asked;
      const { status, stdout } = await stopped(swath);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ...facts, stopped: true });
    }
  });

  it('with a record on its way says after some seconds, with status 3, that it was not confirmed', async () => {
    await using proxy = await proxyOf('KINESIS');
    proxy.inject({ kind: 'hang', when: ({ headers }) => String(headers['x-amz-target']).endsWith('.PutRecords') });
    const env = { ...services.endpoints, AWS_ENDPOINT_URL_KINESIS: proxy.url };
    const swath = startSwath(['publish', 'package.json', '--to', 'kinesis://tiles', '--json'], { env });
    await struck(proxy);
    const { status, stdout } = await stopped(swath);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ files: 1, records: 0, unconfirmed: 1, stopped: true });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('and only looks ends at once with the status of %s', async (signal, status) => {
    await using deaf = await startSilentServer();
    const swath = startSwath(['dlq', 'list', `kafka://${deaf.address}/tiles.dead`]);
    await deaf.asked;
    expect(await stopped(swath, signal)).toEqual({ status, stdout: '', stderr: '' });
  });
});
