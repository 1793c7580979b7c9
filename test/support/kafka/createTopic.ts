import { makeTopics } from '../../../src/kafka/makeTopics.ts';
import type { TopicOptions } from './kafkaCluster.ts';
import { plainKafka } from './plainKafka.ts';

/** Makes a topic and resolves when each of its partitions has a leader. */
export async function createTopic(
  brokers: string[],
  topic: string,
  { partitions = 1, replicationFactor = brokers.length, configs = {} }: TopicOptions,
  defaults: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    const configEntries = Object.entries({ ...defaults, ...configs }).map(([name, value]) => ({ name, value }));
    const made = { topic, numPartitions: partitions, replicationFactor, configEntries };
    await makeTopics(admin, [made]);
  } finally {
    await admin.disconnect();
  }
}
