import type { KafkaOptions } from '../config/kafkaOptions.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { scanTopic } from './scanTopic.ts';

/**
 * Reads all that a topic holds now, with a plain consumer in a group of its own that is deleted afterwards.
 *
 * @throws SourceError when there is no such topic, or it may not be read.
 */
export async function readWholeTopic(topic: string, options: KafkaOptions): Promise<StreamRecord[]> {
  const found: StreamRecord[] = [];
  await scanTopic(topic, options, { each: ({ records }) => void found.push(...records.map(({ value }) => value)) });
  return found;
}
