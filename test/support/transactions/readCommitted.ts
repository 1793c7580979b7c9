import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestTopic } from '../../kafka/testTopic.ts';
import { findTools } from '../kafka/findTools.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'ReadCommitted.java');

/**
 * Reads a topic to its end with Kafka's own client, isolated from what is open or aborted. The plain kafkajs consumer is no judge:
 * it shows aborted records where producers interleave.
 *
 * @returns Each record as `<value> of <origin>`, by its own headers.
 * @throws Error when a transaction is open still.
 */
export async function readCommitted({ brokers, kafka, topic }: TestTopic): Promise<string[]> {
  const { java, classPath } = await findTools(process.env);
  const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', classPath];
  const { stdout } = await run(java, [...flags, program, brokers.join(','), topic], { maxBuffer: 1e8 });
  const [records = '', ends = ''] = stdout.split(/^end\n/m);
  const admin = kafka().admin();
  await admin.connect();
  const written = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const readable = new Map(
    ends
      .trim()
      .split('\n')
      .map((line) => line.split('\t').map(Number) as [number, number]),
  );
  for (const { partition, high } of written) {
    const end = readable.get(partition) ?? 0;
    if (end !== Number(high)) throw new Error(`${topic}/${partition}: open at ${end}, written to ${high}`);
  }
  return records
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace('\t', ' of '));
}
