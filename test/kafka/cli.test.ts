import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { artefactFolder } from '../../src/cli/local/artefactFolder.ts';
import type { LocalServices } from '../../src/local/localServices.ts';
import type { ModelProcess } from '../../src/local/modelProcess.ts';
import { echoModel } from '../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { startModelProcess } from '../../src/local/startModelProcess.ts';
import { badRecords, drawnRoom } from '../support/cli/badRecords.ts';
import { runSwath, startSwath } from '../support/cli/startSwath.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

let folder = '';
let services: LocalServices;
let model: ModelProcess;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-kafka-cli-'));
  services = await startLocalServices({ services: ['s3', 'sagemaker'], buckets: ['in', 'out'] });
  model = await startModelProcess({ modelDir: artefactFolder('rooms') });
  const outputPath = 's3://out/async-inference/output/';
  const failurePath = 's3://out/async-inference/failure/';
  services.sagemaker.addEndpoint({ name: 'detector', model: model.url, outputPath, failurePath });
  const echo = { name: 'echo', model: echoModel({ serviceMs: 50 }), concurrencyPerInstance: 50 };
  services.sagemaker.addEndpoint({ ...echo, outputPath, failurePath });
  env = { ...services.endpoints };
});
afterAll(async () => {
  await model.stop();
  await services.close();
  await rm(folder, { recursive: true });
});

const runOn = (input: TestTopic, output: TestTopic, dead: TestTopic): string[] => [
  'run',
  'kafka-infer',
  '--json',
  '--config',
  'pipelines/kafka-infer.yaml',
  ...[
    `kafka.brokers=${input.brokers.join(',')}`,
    `source.topic=${input.topic}`,
    `source.groupId=${input.groupId}`,
    `sink.topic=${output.topic}`,
    `deadLetter.topic=${dead.topic}`,
  ].flatMap((setting) => ['--set', setting]),
];
const large = { configs: { 'max.message.bytes': '33554432' } };

it('takes what is no tile to the dead letter, key, value and headers as they were, and all others to the output', async () => {
  const [input, output, dead] = [await testTopic(large), await testTopic(), await testTopic(large)];
  const { png } = await drawnRoom();
  const records = [
    ...(await badRecords()),
    { name: 'null value', value: null, code: 'RECORD_EMPTY' },
    { name: '20 MB of zeros', value: Buffer.alloc(20 * 1024 * 1024), code: 'RECORD_TOO_LARGE' },
    { name: 'invalid trace header', value: png, headers: { traceparent: 'ff-nonsense' } },
    {
      name: 'event without a type',
      value: png,
      headers: { ce_specversion: '1.0', ce_id: '1', ce_source: 'x' },
      code: 'RECORD_INVALID',
    },
  ];
  for (const { name, value, headers } of records) {
    await input.append(0, [{ key: name, value, headers: { own: name, ...headers } }]);
  }
  const { status, stdout } = await runSwath([...runOn(input, output, dead), '--until-idle', '2'], { env });
  const bad = records.filter(({ code }) => code !== undefined);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    reason: 'idle',
    tiles: { read: records.length, written: records.length - bad.length, deadLettered: bad.length, unfinished: 0 },
  });
  const letters = await dead.readAll();
  expect(letters).toHaveLength(bad.length);
  for (const { name, value, code, headers } of bad) {
    const letter = letters.find(({ key }) => String(key) === name);
    const texts = Object.fromEntries(Object.entries(letter?.headers ?? {}).map(([own, text]) => [own, String(text)]));
    expect(texts).toMatchObject({ own: name, ...headers, 'swath-dead-code': code, 'swath-dead-attempts': '1' });
    const kept = letter?.value;
    expect(value === null ? kept === null : kept?.equals(value)).toBe(true);
  }
  const results = await output.readAll();
  expect(results).toHaveLength(records.length - bad.length);
  for (const { value } of results)
    expect(JSON.parse(String(value))).toMatchObject({ status: 'success', room_count: 1 });
});

it('publishes, drains at SIGTERM in the middle, and repeats nothing at the next start', async () => {
  const [input, output, dead] = [await testTopic({ partitions: 3 }), await testTopic(), await testTopic()];
  const path = join(folder, 'payload.bin');
  await writeFile(path, 'some bytes');
  const to = `kafka://${input.brokers.join(',')}/${input.topic}`;
  const published = await runSwath(['publish', path, '--repeat', '600', '--to', to, '--json'], { env });
  expect({ ...published, stdout: JSON.parse(published.stdout) }).toMatchObject({
    status: 0,
    stdout: { files: 1, records: 600, refused: 0, bytes: 6000 },
    stderr: '',
  });
  const args = [...runOn(input, output, dead), '--set', 'endpoint.name=echo', '--set', 'source.maxInFlight=20'];
  const first = startSwath([...args, '--http', '0'], { env });
  const [, url] = await first.says(/Pages at (\S+):/);
  let acked = 0;
  while (acked < 60)
    ({
      tiles: { acked = 0 } = {},
    } = await (await fetch(`${url}/readyz`)).json());
  first.kill('SIGTERM');
  const drained = await first.ended;
  expect(drained.status).toBe(0);
  const { reason, tiles } = JSON.parse(drained.stdout);
  expect({ reason, ...tiles }).toMatchObject({ reason: 'drained', unfinished: 0, deadLettered: 0 });
  expect(tiles.written).toBeGreaterThanOrEqual(60);
  const second = await runSwath([...args, '--until-idle', '1'], { env });
  expect(JSON.parse(second.stdout).tiles).toMatchObject({ written: 600 - tiles.written, deadLettered: 0 });
  const results = await output.readAll();
  expect(results).toHaveLength(600);
  expect(new Set(results.map(({ headers }) => String(headers['ce_subject']))).size).toBe(600);
  const first5 = results.filter(({ key }) => ['payload.bin', 'payload.bin~600'].includes(String(key)));
  expect(first5.map(({ value }) => String(value))).toEqual(['some bytes', 'some bytes']);
});

it('drains at a signal while it waits to join its group, and commits nothing', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
  await input.append(0, ['a tile']);
  const busy = input.kafka().consumer({ groupId: input.groupId, sessionTimeout: 120_000, rebalanceTimeout: 120_000 });
  const taken = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  await busy.connect();
  await busy.subscribe({ topic: input.topic, fromBeginning: true });
  await busy.run({
    autoCommit: false,
    eachMessage: async () => {
      taken.resolve();
      await letGo.promise; // a member that does not come back makes all others wait
    },
  });
  await taken.promise;
  const admin = input.kafka().admin();
  await admin.connect();
  const swath = startSwath([...runOn(input, output, dead), '--set', 'drainMs=3600000'], { env });
  const state = async () => (await admin.describeGroups([input.groupId])).groups[0]?.state;
  while ((await state()) !== 'PreparingRebalance');
  swath.kill('SIGTERM');
  const { status, stdout } = await swath.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { read: 0, written: 0, unfinished: 0 } });
  expect(await input.committed(0)).toEqual({ offset: '-1', metadata: null });
  letGo.resolve();
  await busy.disconnect();
  await admin.disconnect();
});

it('names the topic that is missing', async () => {
  const input = await testTopic();
  const missing = { ...input, topic: 'no-such-topic' };
  const others = [await testTopic(), await testTopic()] as const;
  await input.append(0, ['a tile']);
  const invoked = () => services.sagemaker.stats().accepted;
  const before = invoked();
  for (const [from, output, dead] of [
    [missing, ...others],
    [input, missing, others[0]],
    [input, others[0], missing],
  ] as const) {
    const { status, stderr, stdout } = await runSwath(runOn(from, output, dead), { env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/error: TOPIC_MISSING: .*no-such-topic.*\nwhat to do: Create the topic/);
    expect(await input.committed(0)).toEqual({ offset: '-1', metadata: null }); // nothing was read
  }
  expect(invoked()).toBe(before);
  const to = `kafka://${input.brokers.join(',')}/no-such-topic`;
  const published = await runSwath(['publish', 'package.json', '--to', to]);
  expect(published).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: TOPIC_MISSING: .*no-such-topic/),
  });
});
