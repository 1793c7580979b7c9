import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type RunningSwath, runSwath, startSwath } from '../support/cli/startSwath.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const addressOf = ({ brokers, topic }: TestTopic): string => `kafka://${brokers.join(',')}/${topic}`;
const poison = (i: number) => ({ key: `poison ${i}`, value: JSON.stringify({ id: `poison ${i}`, colour: 'red' }) });

/** The shipped pipeline, which refuses poison as soon as it has read it. */
function runPipeline(input: TestTopic, output: TestTopic, dead: TestTopic): RunningSwath {
  const settings = [
    `kafka.brokers=${input.brokers.join(',')}`,
    `source.topic=${input.topic}`,
    `source.groupId=${input.groupId}`,
    `sink.topic=${output.topic}`,
    `deadLetter.topic=${dead.topic}`,
  ].flatMap((setting) => ['--set', setting]);
  const env = { AWS_REGION: 'us-east-1' }; // no tile comes as far as the endpoint
  return startSwath(['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', ...settings], { env });
}

async function ended(swath: RunningSwath) {
  const { status, stdout, stderr } = await swath.ended;
  const { sent = 0, ...summary } = stdout === '' ? {} : (JSON.parse(stdout) as { readonly sent?: number });
  return { status, stderr, sent, ...summary };
}
const replay = (dead: TestTopic, ...more: string[]) =>
  startSwath(['dlq', 'replay', addressOf(dead), '--json', ...more]);

async function watchEnds(topic: TestTopic) {
  const admin = topic.kafka().admin();
  await admin.connect();
  return {
    count: async (): Promise<number> =>
      (await admin.fetchTopicOffsets(topic.topic)).reduce((sum, { high }) => sum + Number(high), 0),
    close: () => admin.disconnect(),
  };
}

const timesOf = async (topic: TestTopic): Promise<number[]> => {
  const times = new Map<string, number>();
  for (const { key } of await topic.readAll()) times.set(String(key), (times.get(String(key)) ?? 0) + 1);
  return [...times.values()];
};

it('replays each once and ends, while the pipeline refuses what comes back and new tiles fail all the time', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
  const first = 3_000;
  await input.append(
    0,
    Array.from({ length: first }, (_, i) => poison(i)),
  );
  const pipeline = runPipeline(input, output, dead);
  const [ends, inputEnds] = [await watchEnds(dead), await watchEnds(input)];
  while ((await ends.count()) < first) await sleep(50);
  let next = first;
  const fails = new AbortController();
  const failing = (async () => {
    while (!fails.signal.aborted) {
      await input.append(0, [poison(next++)]);
      await sleep(20);
    }
  })();
  const done = await ended(replay(dead));
  fails.abort();
  await failing;
  expect(done).toMatchObject({ status: 0, refused: 0 });
  const times = await timesOf(input);
  expect(Math.max(...times)).toBe(2);
  expect(times.filter((each) => each === 2)).toHaveLength(done.sent);
  expect(done.sent).toBeGreaterThanOrEqual(first);

  while ((await ends.count()) < (await inputEnds.count())) await sleep(50); // all were refused again
  const again = await ended(replay(dead, '--max-replays', '1'));
  expect(again).toMatchObject({ status: 1, refused: done.sent, sent: next - done.sent });
  pipeline.kill('SIGTERM');
  expect((await pipeline.ended).status).toBe(0);
  await ends.close();
  await inputEnds.close();
});

it('loses nothing when two replays run at once, and sends again at most what was not marked', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic({ partitions: 2 })];
  const count = 4_000;
  await input.append(
    0,
    Array.from({ length: count }, (_, i) => poison(i)),
  );
  const pipeline = runPipeline(input, output, dead);
  const ends = await watchEnds(dead);
  while ((await ends.count()) < count) await sleep(50);
  pipeline.kill('SIGTERM');
  expect((await pipeline.ended).status).toBe(0);
  await ends.close();
  const both = await Promise.all([ended(replay(dead)), ended(replay(dead))]);
  for (const { status, stderr } of both)
    expect({ status, stderr }).toMatchObject(status === 0 ? { stderr: '' } : { status: 1 });
  const last = await runSwath(['dlq', 'replay', addressOf(dead), '--json']);
  expect(last.status).toBe(0);
  const times = await timesOf(input);
  expect(times).toHaveLength(count);
  expect(Math.min(...times)).toBe(2);
  const again = times.reduce((sum, each) => sum + each - 2, 0);
  expect(again).toBeLessThanOrEqual(2 * 2 * 200); // of each replay, since its last mark, in each partition
  expect(await ended(replay(dead))).toMatchObject({ status: 0, matched: 0, sent: 0 });
});
