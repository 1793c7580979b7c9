import type { Admin } from 'kafkajs';

/** Which node coordinates a group: the one that leads the partition of `__consumer_offsets` that the group's name leads to. */
export async function findCoordinator(admin: Admin, groupId: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] });
  const partitions = topics[0]?.partitions ?? [];
  const own = hashOf(groupId) % partitions.length;
  return partitions.find(({ partitionId }) => partitionId === own)?.leader ?? -1;
}

/** As Java's `String.hashCode`, without its sign. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash & 0x7fffffff;
}
