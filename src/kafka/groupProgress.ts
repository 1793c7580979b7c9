import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaOptions, kafkaOptions } from '../config/kafkaOptions.ts';
import type { StoredProgress } from '../ports/recordReader.ts';
import { askCoordinator } from './askCoordinator.ts';
import { GroupOffsets } from './groupOffsets.ts';
import { kafkaClient } from './kafkaClient.ts';
import { progressIn } from './partitionOffsets.ts';
import { toSourceError } from './toSourceError.ts';

/**
 * Looks what a group has committed for each partition of a topic; partitions without a commit are left out.
 *
 * @throws SourceError when there is no such topic, or it may not be read.
 */
export async function groupProgress(
  topic: string,
  groupId: string,
  options: KafkaOptions,
): Promise<ReadonlyMap<string, StoredProgress>> {
  const connection = checkConfig(kafkaOptions, options);
  const offsets = new GroupOffsets(kafkaClient(connection, 'ask'), topic, groupId);
  try {
    await offsets.open();
    const found = new Map<string, StoredProgress>();
    for (const [partition, own] of await askCoordinator(() => offsets.fetch())) {
      const progress = progressIn(own);
      if (progress !== undefined) found.set(partition, progress);
    }
    return found;
  } catch (error) {
    throw toSourceError(error, topic, connection);
  } finally {
    await offsets.close().catch(() => undefined);
  }
}
