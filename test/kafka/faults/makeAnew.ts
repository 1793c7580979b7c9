import { makeTopics } from '../../../src/kafka/makeTopics.ts';
import type { TestTopic } from '../testTopic.ts';
import { waitFor } from './waitFor.ts';

/** Deletes the topic, and makes another one of its name. */
export async function makeAnew({ kafka, topic }: TestTopic, numPartitions = 1): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await waitFor('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
  await makeTopics(admin, [{ topic, numPartitions }]);
  await admin.disconnect();
}
