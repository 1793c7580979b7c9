import type { TestTopic } from '../testTopic.ts';

/** Commits what a foreign consumer of the group would: an offset with whatever beside it. */
export async function commitAs(
  { kafka, topic, groupId }: TestTopic,
  partition: number,
  offset: number,
  metadata: string,
): Promise<void> {
  const consumer = kafka().consumer({ groupId, maxWaitTimeInMs: 50 });
  const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
  await joined;
  await consumer.commitOffsets([{ topic, partition, offset: String(offset), metadata }]);
  await consumer.disconnect();
}
