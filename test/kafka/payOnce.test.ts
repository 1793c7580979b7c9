import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../src/local/localServices.ts';
import { echoModel } from '../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { jobName } from '../../src/operators/jobName.ts';
import { decodeOffsetMap } from '../../src/tile/offsetMap.ts';
import { pipelineFile } from '../support/chaos/pipelineFile.ts';
import { runSwath, startSwath } from '../support/cli/startSwath.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const partitions = 4;
const perPartition = 50;
const count = partitions * perPartition;
const output = 's3://out/async-inference/output/';

let services: LocalServices;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-pay-once-'));
  const model = echoModel({ serviceMs: { fromMs: 2_000, toMs: 6_000 } });
  const mixed = echoModel({ serviceMs: { fromMs: 100, toMs: 15_000 } }); // some run for as long as the test looks
  const places = { outputPath: output, concurrencyPerInstance: 1_000 };
  services = await startLocalServices({
    services: ['s3', 'sagemaker'],
    buckets: ['in', 'out'],
    endpoints: [
      { name: 'slow', model, ...places },
      { name: 'detect', model: mixed, ...places },
      { name: 'classify', model, ...places },
    ],
  });
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

/** How often the endpoint accepted a job for each record. */
async function acceptedFor(input: TestTopic, endpoint = 'slow'): Promise<Map<string, number>> {
  const { byOutputLocation } = services.sagemaker.stats(endpoint);
  const { topic } = input;
  const counts = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition++) {
    const { log: streamId } = await input.committed(partition);
    for (let position = 0; position < perPartition; position++) {
      const origin = { stream: topic, partition: String(partition), position: String(position), streamId };
      const name = jobName(endpoint, origin, `${topic}-${partition}-${position}`);
      counts.set(`${partition}/${position}`, byOutputLocation.get(`${output}${name}`) ?? 0);
    }
  }
  return counts;
}

/** What the group's commits say of each record: it is finished, or its job of this number runs. */
async function told(input: TestTopic): Promise<{ finished: Set<string>; running: Map<string, number> }> {
  const finished = new Set<string>();
  const running = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition++) {
    const { offset, metadata } = await input.committed(partition);
    const next = Math.max(0, Number(offset));
    const map = decodeOffsetMap(metadata ?? '');
    for (let position = 0; position < next; position++) finished.add(`${partition}/${position}`);
    for (const distance of map?.finished ?? []) finished.add(`${partition}/${next + distance}`);
    for (const [i, distance] of (map?.running ?? []).entries())
      running.set(`${partition}/${next + distance}`, map?.jobs?.[i] ?? 0);
  }
  return { finished, running };
}

async function fill(input: TestTopic): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    const messages = Array.from({ length: perPartition }, (_, i) => `payload ${partition}/${i}`);
    await input.append(partition, messages);
  }
}

it('pays once for each tile whose job a commit had told before the process was killed', async () => {
  const [input, results, dead] = [await testTopic({ partitions }), await testTopic(), await testTopic()];
  await fill(input);
  const settings = {
    'kafka.brokers': input.brokers.join(','),
    'source.topic': input.topic,
    'source.groupId': input.groupId,
    'source.maxInFlight': 120,
    'endpoint.name': 'slow',
    'sink.topic': results.topic,
    'deadLetter.topic': dead.topic,
  };
  const sets = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const args = ['run', 'kafka-infer', '--json', '--config', 'pipelines/kafka-infer.yaml', ...sets];
  const env = { ...services.endpoints };

  const first = startSwath(args, { env });
  await expect
    .poll(() => services.sagemaker.stats('slow').accepted, { timeout: 60_000, interval: 20 })
    .toBeGreaterThan(150);
  await expect
    .poll(async () => (await told(input)).finished.size, { timeout: 60_000, interval: 20 })
    .toBeGreaterThan(0);
  first.kill('SIGKILL');
  await first.ended.catch(() => undefined);
  const accepted = await acceptedFor(input);
  const { finished, running } = await told(input);
  const known = (key: string): boolean => finished.has(key) || running.has(key);
  expect(finished.size).toBeGreaterThan(0);
  expect(running.size).toBeGreaterThan(20);

  const second = await runSwath([...args, '--until-idle', '3'], { env });
  expect({ ...second, stdout: JSON.parse(second.stdout) }).toMatchObject({
    status: 0,
    stdout: { tiles: { read: count - finished.size, written: count - finished.size, deadLettered: 0, unfinished: 0 } },
  });
  const untold = [...accepted].filter(([key, times]) => times > 0 && !known(key)).map(([key]) => key);
  const total = [...(await acceptedFor(input)).values()].reduce((sum, times) => sum + times, 0);
  expect(total).toBeGreaterThanOrEqual(count);
  expect(total).toBeLessThanOrEqual(count + untold.length);
  for (const [key, times] of await acceptedFor(input)) {
    if (untold.includes(key)) expect({ key, times: Math.min(times, 2) }).toEqual({ key, times });
    else expect({ key, times }).toEqual({ key, times: 1 });
  }
  const written = await results.readAll();
  expect(new Set(written.map(({ headers }) => String(headers['ce_subject']))).size).toBe(count);
}, 150_000);

it('pays once at each of two endpoints: for jobs of the first, and for jobs of the second', async () => {
  const [input, results, dead] = [await testTopic({ partitions }), await testTopic(), await testTopic()];
  await fill(input);
  const buckets = (endpoint: string) => ({
    [`${endpoint}.name`]: endpoint,
    [`${endpoint}.inputBucket`]: 'in',
    [`${endpoint}.outputBucket`]: 'out',
  });
  const settings = {
    'kafka.brokers': input.brokers.join(','),
    'source.topic': input.topic,
    'source.groupId': input.groupId,
    'source.maxInFlight': 200,
    ...buckets('detect'),
    ...buckets('classify'),
    'sink.topic': results.topic,
    'deadLetter.topic': dead.topic,
  };
  const sets = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const args = ['run', await pipelineFile(folder, 'twoEndpoints'), '--json', ...sets];
  const env = { ...services.endpoints };
  const numbers = async () => [...(await told(input)).running.values()];

  const first = startSwath(args, { env });
  await expect
    .poll(async () => (await numbers()).filter((job) => job === 1).length, { timeout: 60_000, interval: 20 })
    .toBeGreaterThan(60);
  first.kill('SIGKILL');
  await first.ended.catch(() => undefined);
  const before = { detect: await acceptedFor(input, 'detect'), classify: await acceptedFor(input, 'classify') };
  const { finished, running } = await told(input);
  expect([...running.values()].filter((job) => job === 0).length).toBeGreaterThan(0); // some at each endpoint
  expect([...running.values()].filter((job) => job === 1).length).toBeGreaterThan(20);

  const second = await runSwath([...args, '--until-idle', '3'], { env });
  expect({ ...second, stdout: JSON.parse(second.stdout) }).toMatchObject({
    status: 0,
    stdout: { tiles: { read: count - finished.size, written: count - finished.size, deadLettered: 0, unfinished: 0 } },
  });
  for (const [job, endpoint] of (['detect', 'classify'] as const).entries()) {
    for (const [key, times] of await acceptedFor(input, endpoint)) {
      const had = before[endpoint].get(key) ?? 0;
      const known = had === 0 || finished.has(key) || (running.get(key) ?? -1) >= job;
      if (known) expect({ endpoint, key, times }).toEqual({ endpoint, key, times: 1 });
      else expect({ endpoint, key, times: Math.min(Math.max(times, 1), 2) }).toEqual({ endpoint, key, times });
    }
  }
  const written = await results.readAll();
  expect(new Set(written.map(({ headers }) => String(headers['ce_subject']))).size).toBe(count);
}, 150_000);
