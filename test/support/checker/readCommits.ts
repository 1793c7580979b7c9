import type { Kafka } from 'kafkajs';
import { readTopic } from './readTopic.ts';

/** Every commit that a group ever made of a topic, as the brokers' own log of them tells. */
export interface Commits {
  readonly count: number;
  /** Commits with metadata beside the offset. */
  readonly withMap: number;
  /** Commits below an earlier one, as `partition: earlier > later`. */
  readonly backwards: readonly string[];
}

/**
 * Reads the commits of a group from `__consumer_offsets`, in their order.
 *
 * A coordinator that was frozen answers for a moment from what it knew before; the log does not.
 */
export async function readCommits(kafka: Kafka, groupId: string, topic: string): Promise<Commits> {
  const highest = new Map<number, bigint>();
  const backwards: string[] = [];
  let count = 0;
  let withMap = 0;
  for (const { key, value } of await readTopic(kafka, '__consumer_offsets')) {
    const place = key === null ? undefined : placeOf(key);
    if (place?.groupId !== groupId || place.topic !== topic || value === null) continue;
    const { partition } = place;
    const version = value.readInt16BE(0);
    const offset = value.readBigInt64BE(2);
    if (version < 3 || version > 4) throw new RangeError(`a commit of version ${version} cannot be read here`);
    const hasMetadata = version === 3 ? value.readInt16BE(14) > 0 : value.readUInt8(14) > 1; // its length; in version 4 plus one
    const before = highest.get(partition) ?? -1n;
    if (offset < before) backwards.push(`${partition}: ${before} > ${offset}`);
    else highest.set(partition, offset);
    count += 1;
    if (hasMetadata) withMap += 1;
  }
  return { count, withMap, backwards };
}

/** What a record of the log is about; undefined where it is not about a commit. */
function placeOf(key: Buffer): { groupId: string; topic: string; partition: number } | undefined {
  if (key.readInt16BE(0) > 1) return undefined;
  const groupEnd = 4 + key.readInt16BE(2);
  const topicEnd = groupEnd + 2 + key.readInt16BE(groupEnd);
  return {
    groupId: key.toString('utf8', 4, groupEnd),
    topic: key.toString('utf8', groupEnd + 2, topicEnd),
    partition: key.readInt32BE(topicEnd),
  };
}
