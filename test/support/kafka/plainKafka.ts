import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { calmDisconnect } from '../../../src/kafka/calmDisconnect.ts';
import { calmRequestQueue } from '../../../src/kafka/calmRequestQueue.ts';

/** A plain, quiet client of kafkajs, to look at brokers from outside. It tries again for a minute: brokers come and go in tests. */
export function plainKafka(brokers: readonly string[], config: Partial<KafkaConfig> = {}): Kafka {
  calmDisconnect();
  calmRequestQueue();
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
  return new Kafka({ brokers: [...brokers], clientId: 'test', logLevel: logLevel.NOTHING, retry, ...config });
}
