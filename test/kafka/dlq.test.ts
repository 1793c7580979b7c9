import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../src/local/localServices.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { runSwath } from '../support/cli/startSwath.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  services = await startLocalServices({ services: ['s3', 'sagemaker'], buckets: ['in', 'out'] });
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
