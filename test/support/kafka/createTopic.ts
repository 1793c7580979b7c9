import { Kafka, logLevel } from 'kafkajs';
import { makeTopics } from '../../../src/kafka/makeTopics.ts';
import type { TopicOptions } from './kafkaCluster.ts';

/** Makes a topic and resolves when each of its partitions has a leader. */
export async function createTopic(
  brokers: string[],
  topic: string,
  { partitions = 1, replicationFactor = brokers.length, configs = {} }: TopicOptions,
  defaults: Readonly<Record<string, string>> = {},
): Promise<void> {
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
  const admin = new Kafka({ brokers, clientId: 'swath-test', logLevel: logLevel.NOTHING, retry }).admin();
  await admin.connect();
  try {
    const configEntries = Object.entries({ ...defaults, ...configs }).map(([name, value]) => ({ name, value }));
    const made = { topic, numPartitions: partitions, replicationFactor, configEntries };
    await makeTopics(admin, [made]);
  } finally {
    await admin.disconnect();
  }
}
