import { randomUUID } from 'node:crypto';
import type { Batch } from 'kafkajs';
import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaOptions, kafkaOptions } from '../config/kafkaOptions.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { kafkaClient } from './kafkaClient.ts';
import { toSourceError } from './toSourceError.ts';
import { toStreamRecord } from './toStreamRecord.ts';

/**
 * Reads all that a topic holds now, with a plain consumer in a group of its own that is deleted afterwards.
 *
 * @throws SourceError when there is no such topic, or it may not be read.
 */
export async function readWholeTopic(topic: string, options: KafkaOptions): Promise<StreamRecord[]> {
  const connection = checkConfig(kafkaOptions, options);
  const kafka = kafkaClient(connection, 'ask');
  const groupId = `swath-look-${randomUUID()}`;
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  try {
    await admin.connect();
    const ends = new Map<number, bigint>();
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (BigInt(high) > BigInt(low)) ends.set(partition, BigInt(high));
    if (ends.size === 0) return [];
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const found: StreamRecord[] = [];
    await new Promise<void>((done, failed) => {
      consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
      const eachBatch = async ({ batch }: { batch: Batch }): Promise<void> => {
        found.push(...recordsBefore(ends.get(batch.partition) ?? 0n, batch));
        if (BigInt(batch.lastOffset()) + 1n >= (ends.get(batch.partition) ?? 0n)) ends.delete(batch.partition);
        if (ends.size === 0) done();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(failed);
    });
    return found;
  } catch (error) {
    throw toSourceError(error, topic, connection);
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([groupId]).catch(() => undefined); // an empty group expires anyway
    await admin.disconnect().catch(() => undefined);
  }
}

function recordsBefore(end: bigint, { messages }: Batch): StreamRecord[] {
  return messages.filter(({ offset }) => BigInt(offset) < end).map((message) => toStreamRecord(message).value);
}
