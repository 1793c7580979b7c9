import type { Admin } from 'kafkajs';

/**
 * Finds the node that coordinates a group (topic `__consumer_offsets`) or a transactional id (`__transaction_state`): the leader of the
 * partition that brokers choose by Java's hash of the name.
 */
export async function coordinatorOf(
  admin: Admin,
  topic: '__consumer_offsets' | '__transaction_state',
  name: string,
): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  let hash = 0;
  for (const unit of name) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) | 0;
  const chosen = Math.abs(hash) % partitions.length;
  const found = partitions.find(({ partitionId }) => partitionId === chosen);
  if (found === undefined || found.leader < 1) throw new Error(`${topic}/${chosen} has no leader`);
  return found.leader;
}
