import type { TestTopic } from '../testTopic.ts';

/** Commits what a foreign consumer of the group would: an offset with whatever beside it. The topic must not be empty. */
export async function commitAs(
  { kafka, topic, groupId }: TestTopic,
  partition: number,
  offset: number,
  metadata: string,
): Promise<void> {
  const consumer = kafka().consumer({ groupId, maxWaitTimeInMs: 50 });
  const reading = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  // A consumer that is stopped before it reads may join once more after it left, and keep the partitions.
  await consumer.run({ autoCommit: false, eachBatch: async () => reading.resolve() });
  await reading.promise;
  await consumer.commitOffsets([{ topic, partition, offset: String(offset), metadata }]);
  await consumer.disconnect();
}
