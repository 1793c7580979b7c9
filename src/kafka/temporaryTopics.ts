import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaOptions, kafkaOptions } from '../config/kafkaOptions.ts';
import { kafkaClient } from './kafkaClient.ts';
import { makeTopics } from './makeTopics.ts';
import { toSourceError } from './toSourceError.ts';

/** What is made for a while. */
export interface TemporaryTopics {
  /** Partitions by topic. */
  readonly topics: Readonly<Record<string, number>>;
  /** Consumer groups that will use them; deleted with them, whoever made them. */
  readonly groups?: readonly string[];
}

/**
 * Makes topics, resolves when each partition has a leader, and deletes them with their groups when disposed of.
 *
 * @throws SourceError when Kafka cannot be reached, or the topics may not be made.
 */
export async function temporaryTopics(
  options: KafkaOptions,
  { topics, groups = [] }: TemporaryTopics,
): Promise<AsyncDisposable> {
  const connection = checkConfig(kafkaOptions, options);
  const admin = kafkaClient(connection, 'ask').admin();
  const names = Object.keys(topics);
  const remove = async (): Promise<void> => {
    // One after the other, each as far as it goes: what cannot be removed must not keep the rest.
    if (groups.length > 0) await admin.deleteGroups([...groups]).catch(() => undefined);
    await admin.deleteTopics({ topics: names }).catch(() => undefined);
    await admin.disconnect().catch(() => undefined);
  };
  try {
    await admin.connect();
    const made = Object.entries(topics).map(([topic, numPartitions]) => ({ topic, numPartitions }));
    await makeTopics(admin, made);
  } catch (error) {
    await remove();
    throw toSourceError(error, names.join(', '), connection);
  }
  return { [Symbol.asyncDispose]: remove };
}
