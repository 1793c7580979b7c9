import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';

/** How a topic is fed. */
export interface FeedOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly keys: number;
  readonly perSecond: number;
  /** Default: until the signal. */
  readonly forMs?: number;
  readonly signal?: AbortSignal;
}

const batchMs = 100;

/** Writes records at a steady rate, each partition in turn, whatever becomes of single brokers; one may be written twice then. */
export async function feedTopic(
  kafka: Kafka,
  { topic, partitions, keys, perSecond, forMs = Number.POSITIVE_INFINITY, signal }: FeedOptions,
): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const size = (perSecond * batchMs) / 1000;
  const untilMs = performance.now() + forMs;
  for (let batch = 0; performance.now() < untilMs && signal?.aborted !== true; batch++) {
    const partition = batch % partitions;
    const messages = Array.from({ length: size }, (_, i) => ({
      partition,
      key: `scene-${i % keys}`,
      value: `tile ${batch * size + i}`,
    }));
    const send = (): Promise<unknown> => producer.send({ topic, acks: -1, messages });
    while (
      !(await send().then(
        () => true,
        () => false,
      ))
    )
      await sleep(batchMs);
    await sleep(batchMs);
  }
  await producer.disconnect();
}
