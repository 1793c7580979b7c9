import { Kafka, logLevel } from 'kafkajs';
import type { Arrival } from './deliveryFacts.ts';
import { judgeDelivery } from './judgeDelivery.ts';
import { readTopic, type TopicRecord } from './readTopic.ts';
import type { Verdict } from './verdict.ts';

/** Where a run read and wrote. */
export interface CheckedTopics {
  readonly brokers: string[];
  readonly input: string;
  readonly groupId: string;
  readonly output: string;
  readonly deadLetter?: string;
}

/**
 * Reads input, output, dead letter and commits with a plain client, and judges them.
 *
 * It knows the record formats by their documentation, and uses nothing of the code it judges.
 */
export async function checkDelivery({ brokers, input, groupId, output, deadLetter }: CheckedTopics): Promise<Verdict> {
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
  const kafka = new Kafka({ brokers, clientId: 'checker', logLevel: logLevel.NOTHING, retry });
  const [records, results, letters, committed] = await Promise.all([
    readTopic(kafka, input),
    readTopic(kafka, output),
    deadLetter === undefined ? [] : readTopic(kafka, deadLetter),
    committedOf(kafka, groupId, input),
  ]);
  const arrivals = [
    ...results.map((record) => toArrival(output, record, resultOrigin(record))),
    ...letters.map((record) => toArrival(deadLetter ?? '', record, record.headers['swath-dead-origin'])),
  ];
  const keyed = records.map(({ partition, offset, key }) => ({ partition, offset, key: key?.toString('hex') ?? null }));
  return judgeDelivery({ topic: input, input: keyed, arrivals, committed });
}

/** The origin of a result, if it is an event of the right kind under its tile's id. */
function resultOrigin({ key, headers }: TopicRecord): string | undefined {
  const { ce_specversion: version, ce_type: type, ce_id: id, ce_subject: subject } = headers;
  return version === '1.0' && type === 'swath.tile.result' && id === String(key) ? subject : undefined;
}

function toArrival(topic: string, { partition, offset }: TopicRecord, origin: string | undefined): Arrival {
  return { topic, partition, offset, origin };
}

async function committedOf(kafka: Kafka, groupId: string, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const known = answer?.partitions.filter(({ offset }) => offset !== '-1') ?? [];
    return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
  } finally {
    await admin.disconnect();
  }
}
