import type { Kafka } from 'kafkajs';
import { innerCluster } from './innerCluster.ts';

const newest = -1;
const readUncommitted = 0;

/**
 * Where the logs of partitions end, by partition, records of open transactions included. The admin client of kafkajs tells of the last
 * stable offset, where the oldest open transaction begins.
 *
 * @throws What the brokers answered.
 */
export async function logEnds(
  kafka: Kafka,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  const cluster = innerCluster(kafka);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const ends = new Map<number, number>();
    for (const [nodeId, led] of Object.entries(cluster.findLeaderForPartitions(topic, partitions))) {
      const broker = await cluster.findBroker({ nodeId });
      const asked = led.map((partition) => ({ partition, timestamp: newest }));
      const { responses } = await broker.listOffsets({
        isolationLevel: readUncommitted,
        topics: [{ topic, partitions: asked }],
      });
      for (const told of responses.flatMap((own) => own.partitions)) ends.set(told.partition, Number(told.offset));
    }
    return ends;
  } finally {
    await cluster.disconnect();
  }
}
