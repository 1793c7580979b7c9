import { expect, it } from 'vitest';
import { runSwath } from '../support/cli/startSwath.ts';
import { createTopic } from '../support/kafka/createTopic.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const addressOf = ({ brokers, topic }: TestTopic): string => `kafka://${brokers.join(',')}/${topic}`;

async function replay(dead: TestTopic, ...more: string[]): Promise<{ status: number; stdout: object; stderr: string }> {
  const { status, stdout, stderr } = await runSwath(['dlq', 'replay', addressOf(dead), '--json', ...more]);
  return { status, stderr, stdout: stdout === '' ? {} : JSON.parse(stdout) };
}

/** A dead letter of a record that came from another topic. */
function letterFrom(stream: string, key: string) {
  const facts = { code: 'A', message: 'm', stage: 'infer', attempts: '1', time: '2026-01-01T00:00:00.000Z' };
  const named = Object.entries({ ...facts, origin: `${stream}/0/1` });
  return { key, value: key, headers: Object.fromEntries(named.map(([name, text]) => [`swath-dead-${name}`, text])) };
}

const keysIn = async (topic: TestTopic): Promise<string[]> => (await topic.readAll()).map(({ key }) => String(key));

it('sends each of the others once where some came from a topic that is gone, and those once it is back', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  const gone = `${input.topic}-gone`;
  const from = [input.topic, gone, 'no topic/has this name', input.topic, gone];
  await dead.append(
    0,
    from.map((stream, i) => letterFrom(stream, `k${i}`)),
  );
  const many = Array.from({ length: 300 }, (_, i) => letterFrom(input.topic, `m${i}`)); // more than are marked at once
  await dead.append(0, many);
  const sent = ['k0', 'k3', ...many.map(({ key }) => key)].toSorted();

  const first = await replay(dead);
  expect(first).toMatchObject({
    status: 1,
    stdout: { matched: 305, chosen: 305, sent: 302, unsendable: 3, unconfirmed: 0 },
    stderr: expect.stringContaining('warning: '),
  });
  expect((await keysIn(input)).toSorted()).toEqual(sent);
  const missing = `cannot be sent to ${gone}: topic ${gone} does not exist in Kafka at`;
  expect(first.stderr).toContain(`warning: ${gone}-0-1 (dead letter 0/1) ${missing}`);
  expect(first.stderr).toContain(`warning: ${gone}-0-1 (dead letter 0/4) ${missing}`);
  expect(first.stderr).toMatch(
    /\(dead letter 0\/2\) cannot be sent to no topic\/has this name: origin: topic: must be 1 to 249 letters/,
  );

  expect(await replay(dead)).toMatchObject({ status: 1, stdout: { matched: 3, sent: 0, unsendable: 3 } });
  await createTopic(dead.brokers, gone, {});
  expect(await replay(dead)).toMatchObject({ status: 1, stdout: { matched: 3, sent: 2, unsendable: 1 } });
  expect(await replay(dead, '--to', addressOf(input))).toMatchObject({ status: 0, stdout: { matched: 1, sent: 1 } });
  expect((await keysIn(input)).toSorted()).toEqual([...sent, 'k2'].toSorted());
});

it('ends where the topic it is told to send to is missing, and marks nothing', async () => {
  const [input, dead] = [await testTopic(), await testTopic()];
  await dead.append(0, [letterFrom(input.topic, 'a')]);
  const { status, stderr } = await replay(dead, '--to', `${addressOf(input)}-gone`);
  expect(status).toBe(2);
  expect(stderr).toMatch(/must be a topic or stream that exists: /);
  expect(await replay(dead)).toMatchObject({ status: 0, stdout: { matched: 1, sent: 1 } });
});
