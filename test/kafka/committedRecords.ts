import { randomUUID } from 'node:crypto';
import type { TestTopic } from './testTopic.ts';

/** What a reader of committed records finds in a topic. */
export interface CommittedRecords {
  /** How often each origin (`ce_subject`, or that of a dead letter) stands there, parts of one origin counted by `ce_id`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly values: readonly string[];
}

/** Reads a topic to its end with the plain client, isolated from what is open or aborted, and counts who is whose output. */
export async function committedRecords({ kafka, topic }: TestTopic): Promise<CommittedRecords> {
  const admin = kafka().admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const left = new Map(ends.filter(({ high, low }) => high !== low).map((end) => [end.partition, Number(end.high)]));
  const counts = new Map<string, number>();
  const values: string[] = [];
  if (left.size === 0) return { counts, values };
  const consumer = kafka().consumer({
    groupId: `committed-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    readUncommitted: false,
  });
  const done = Promise.withResolvers<void>();
  const passed = (partition: number, lastOffset: number): void => {
    if (lastOffset + 1 >= (left.get(partition) ?? 0)) left.delete(partition);
    if (left.size === 0) done.resolve();
  };
  // The last thing in a partition is a marker, which comes as a batch without a message.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
    passed(payload.partition, Number(payload.lastOffset)),
  );
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { headers = {}, value } of batch.messages) {
        const origin = headers['swath-dead-origin'] ?? headers['ce_subject'];
        const name = `${String(origin)} ${String(headers['ce_id'] ?? '')}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
        values.push(String(value));
      }
    },
  });
  await done.promise;
  await consumer.disconnect();
  return { counts, values };
}
