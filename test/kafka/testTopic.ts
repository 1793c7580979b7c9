import { randomUUID } from 'node:crypto';
import type { Kafka, Message } from 'kafkajs';
import { inject } from 'vitest';
import { createTopic } from '../support/kafka/createTopic.ts';
import type { TopicOptions } from '../support/kafka/kafkaCluster.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';

/** A topic of a test, looked at with the plain client. */
export interface TestTopic {
  readonly brokers: string[];
  readonly topic: string;
  /** Consumer group of the test. */
  readonly groupId: string;
  /** Adds messages to a partition, in their order. */
  append(partition: number | string, messages: readonly (string | Omit<Message, 'partition'>)[]): Promise<void>;
  /** Everything in the topic, each partition in its order. */
  readAll(): Promise<
    { partition: number; offset: string; key: Buffer | null; value: Buffer | null; headers: Record<string, unknown> }[]
  >;
  /** Offset that the group committed, the metadata beside it, and the topic's id where that ends with one. */
  committed(partition: number | string): Promise<{ offset: string; metadata: string | null; log?: string }>;
  /** Deletes the records below an offset, as retention does. */
  deleteBefore(partition: number, offset: number): Promise<void>;
  kafka(): Kafka;
}

/** Makes a topic of a random name, on the broker of the suite unless others are given. */
export async function testTopic(options: TopicOptions = {}, brokers = inject('kafkaBrokers')): Promise<TestTopic> {
  const topic = `test-${randomUUID()}`;
  const groupId = `group-${topic}`;
  const kafka = (): Kafka => plainKafka(brokers);
  await createTopic(brokers, topic, options);
  return {
    brokers,
    topic,
    groupId,
    kafka,
    async append(partition, messages) {
      const producer = kafka().producer({ idempotent: true, allowAutoTopicCreation: false });
      await producer.connect();
      const placed = messages.map((own) => ({
        ...(typeof own === 'string' ? { value: own } : own),
        partition: Number(partition),
      }));
      await producer.send({ topic, acks: -1, messages: placed });
      await producer.disconnect();
    },
    async readAll() {
      const admin = kafka().admin();
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      const left = new Map(
        ends.filter(({ high, low }) => high !== low).map((end) => [end.partition, Number(end.high)]),
      );
      const all: Awaited<ReturnType<TestTopic['readAll']>> = [];
      if (left.size === 0) return all;
      const consumer = kafka().consumer({ groupId: `check-${randomUUID()}`, maxWaitTimeInMs: 50 });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const done = Promise.withResolvers<void>();
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const { offset, key, value, headers = {} } of batch.messages) {
            all.push({ partition: batch.partition, offset, key, value, headers });
          }
          if (Number(batch.lastOffset()) + 1 >= (left.get(batch.partition) ?? 0)) left.delete(batch.partition);
          if (left.size === 0) done.resolve();
        },
      });
      await done.promise;
      await consumer.disconnect();
      return all;
    },
    async deleteBefore(partition, offset) {
      const admin = kafka().admin();
      await admin.connect();
      await admin.fetchTopicOffsets(topic); // the client deletes nothing before it knows the topic
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
      await admin.disconnect();
    },
    async committed(partition) {
      const admin = kafka().admin();
      await admin.connect();
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      await admin.disconnect();
      const own = answer?.partitions.find((each) => each.partition === Number(partition));
      const [, text, log] = /^(.*)#log=([\w-]{22})$/s.exec(own?.metadata ?? '') ?? [];
      return {
        offset: own?.offset ?? '-1',
        metadata: (text ?? own?.metadata) || null,
        ...(log !== undefined && { log }),
      };
    },
  };
}
