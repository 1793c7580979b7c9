import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from 'kafkajs';

/** A record as the plain client reads it, with its headers as text. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads everything that a topic holds now and that was committed, each partition in its order. */
export async function readTopic(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const admin = kafka.admin();
  const groupId = `checker-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  try {
    await admin.connect();
    const ends = new Map<number, bigint>(); // first offset not to be read, by partition
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) ends.set(partition, BigInt(high));
    }
    let left = new Map(ends);
    let found: TopicRecord[] = [];
    if (left.size === 0) return found;
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((done, failed) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        // A coordinator that is just loading, say: the client begins anew, from the start.
        if (!payload.restart) failed(payload.error);
        [left, found] = [new Map(ends), []];
      });
      // Told of batches without a record too, such as the marker that ends a transaction.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (BigInt(lastOffset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
        if (left.size === 0) done();
      });
      const eachBatch = async ({
        batch,
      }: {
        batch: { partition: number; messages: KafkaMessage[] };
      }): Promise<void> => {
        for (const message of batch.messages) found.push(toRecord(batch.partition, message));
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(failed);
    });
    return found;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined); // an empty group expires anyway
    await admin.disconnect();
  }
}

function toRecord(partition: number, { offset, key, value, headers = {} }: KafkaMessage): TopicRecord {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { partition, offset: BigInt(offset), key, value, headers: Object.fromEntries(texts) };
}
