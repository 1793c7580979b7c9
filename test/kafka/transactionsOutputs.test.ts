import { expect, it } from 'vitest';
import { makeTopics } from '../../src/kafka/makeTopics.ts';
import { catchWarnings } from '../support/catchWarnings.ts';
import { fateOf } from '../support/transactions/fateOf.ts';
import { type PartsTopics, partsTopics } from '../support/transactions/partsTopics.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { waitFor } from './faults/waitFor.ts';
import type { TestTopic } from './testTopic.ts';

const count = 300;

it.each(['sink', 'deadLetter'] as const)(
  'names a %s topic that is missing at the start, and reads nothing; with the topic the next run does all',
  async (output) => {
    const topics = await partsTopics();
    await topics.append(0, count);
    const missing = `no-such-${topics.input.topic}`;
    const config = { ...topics.config, [output]: { ...topics.config[output], topic: missing } };
    await expect(runParts(config).ended).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      message: expect.stringContaining(missing),
    });
    expect((await topics.input.committed(0)).offset).toBe('-1');
    const running = runParts(topics.config);
    await waitFor('all records to be finished', async () => (await topics.finished()) === count);
    expect(await running.drain()).toBe('drained');
    await topics.check(count);
  },
);

/** Deletes a topic under load, and makes it anew when it was missed; says so meanwhile. */
async function takeAway(topics: PartsTopics, gone: TestTopic, partitions: number): Promise<void> {
  using caught = catchWarnings();
  await topics.append(0, count);
  const running = runParts(topics.config);
  await waitFor('the first records to be finished', async () => (await topics.finished()) === count);
  const admin = gone.kafka().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [gone.topic] });
  await topics.append(count, 2 * count);
  const told = `writing to ${gone.topic} waits (attempt 1): cannot write to topic ${gone.topic}: the brokers have no such topic`;
  await waitFor('word of it', () => caught.warnings.some((line) => line.startsWith(told)));
  expect(await topics.finished()).toBeLessThan(2 * count);
  await makeTopics(admin, [{ topic: gone.topic, numPartitions: partitions }]);
  await admin.disconnect();
  await waitFor('all records to be finished', async () => (await topics.finished()) === 2 * count, 120_000);
  expect(await running.drain()).toBe('drained');
}

it('waits for a dead letter topic that is gone, says so, and writes each dead letter and each result once', async () => {
  const topics = await partsTopics();
  await takeAway(topics, topics.dead, 1);
  await topics.check(2 * count, (number) => number >= count || fateOf(number) !== 'dead');
});

it('waits for an output topic that is gone, says so, and writes each result once', async () => {
  const topics = await partsTopics();
  await takeAway(topics, topics.output, 2);
  await topics.check(2 * count, (number) => number >= count || fateOf(number) !== 'halves');
});
