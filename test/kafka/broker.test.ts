import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kafka, KafkaJSConnectionError } from 'kafkajs';
import { describe, expect, inject, it } from 'vitest';
import { makeTopics } from '../../src/kafka/makeTopics.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';
import { startKafka } from '../support/kafka/startKafka.ts';

/** Tries again while the client still meets a node that was just killed: some of its calls do not do so themselves. */
const patiently = async (call: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof KafkaJSConnectionError) || attempt === 30) throw error;
      await sleep(200);
    }
  }
};

/** Writes values one by one, so that each has its own position. */
const write = async (kafka: Kafka, topic: string, values: string[]): Promise<void> => {
  const producer = kafka.producer({ idempotent: true });
  await patiently(() => producer.connect());
  for (const value of values) await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
};

/** Reads `count` values from the start as a group, and commits after them with the metadata, if any. */
const read = async (
  kafka: Kafka,
  topic: string,
  groupId: string,
  count: number,
  metadata?: string,
): Promise<string[]> => {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, maxWaitTimeInMs: 200 });
  await patiently(() => consumer.connect());
  await patiently(() => consumer.subscribe({ topic, fromBeginning: true }));
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    // A coordinator that is just loading ends the first try; the client itself starts the next.
    consumer.on('consumer.crash', ({ payload }) => void (payload.restart || reject(payload.error)));
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  if (metadata) await consumer.commitOffsets([{ topic, partition: 0, offset: String(count), metadata }]);
  await consumer.disconnect();
  return values;
};

const committed = async (kafka: Kafka, topic: string, groupId: string): Promise<unknown> => {
  const admin = kafka.admin();
  await admin.connect();
  const answer = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  return answer[0]?.partitions;
};

describe('the broker of the suite', () => {
  it('keeps records in order and commit metadata to the last character', async () => {
    const kafka = plainKafka(inject('kafkaBrokers'));
    const topic = `broker-${randomUUID()}`;
    const admin = kafka.admin();
    await admin.connect();
    await makeTopics(admin, [{ topic, numPartitions: 1 }]);
    await admin.disconnect();
    await write(kafka, topic, ['a', 'b', 'c']);
    const metadata = 'm'.repeat(4096); // as long as a broker takes
    expect(await read(kafka, topic, `${topic}-group`, 3, metadata)).toEqual(['a', 'b', 'c']);
    expect(await committed(kafka, topic, `${topic}-group`)).toEqual([{ partition: 0, offset: '3', metadata }]);
  });
});

describe('a cluster of a test', () => {
  it('serves what was acknowledged after a node was killed and started again', async () => {
    await using cluster = await startKafka();
    const kafka = plainKafka(cluster.brokers);
    await cluster.createTopic('tiles');
    await write(kafka, 'tiles', ['a', 'b']);
    expect(await read(kafka, 'tiles', 'group', 2, 'map')).toEqual(['a', 'b']);
    await cluster.kill(1, 'SIGKILL');
    await cluster.startNode(1);
    await write(kafka, 'tiles', ['c']);
    expect(await read(kafka, 'tiles', 'other', 3)).toEqual(['a', 'b', 'c']);
    expect(await committed(kafka, 'tiles', 'group')).toEqual([{ partition: 0, offset: '2', metadata: 'map' }]);
  });

  it('goes on without one of three nodes, and takes it back', async () => {
    await using cluster = await startKafka({ nodes: 3, topicDefaults: { 'min.insync.replicas': '2' } });
    const kafka = plainKafka(cluster.brokers);
    await cluster.createTopic('tiles');
    await write(kafka, 'tiles', ['a']);
    await cluster.kill(2);
    await write(kafka, 'tiles', ['b']);
    await cluster.startNode(2);
    await cluster.kill(1);
    await write(kafka, 'tiles', ['c']);
    expect(await read(kafka, 'tiles', 'group', 3)).toEqual(['a', 'b', 'c']);
  });

  it('asks for TLS and a password where it is secure', async () => {
    await using cluster = await startKafka({ secure: true });
    await cluster.createTopic('tiles');
    const { saslSsl = [], saslPlaintext = [], ssl = [], ca = '', users } = cluster.secure ?? {};
    const [alice, mallory] = users ?? [];
    if (!alice || !mallory) throw new Error('a secure cluster names two users');
    const retry = { retries: 1, initialRetryTime: 50 };
    await write(plainKafka(saslSsl, { retry, ssl: { ca }, sasl: { mechanism: 'scram-sha-512', ...alice } }), 'tiles', [
      'a',
    ]);
    await write(plainKafka(saslSsl, { retry, ssl: { ca }, sasl: { mechanism: 'plain', ...alice } }), 'tiles', ['b']);
    await write(plainKafka(saslPlaintext, { retry, sasl: { mechanism: 'scram-sha-256', ...alice } }), 'tiles', ['c']);
    expect(await read(plainKafka(cluster.brokers), 'tiles', 'group', 3)).toEqual(['a', 'b', 'c']);
    const stranger = plainKafka(saslPlaintext, { retry, sasl: { mechanism: 'plain', ...mallory } });
    await expect(write(stranger, 'tiles', ['d'])).rejects.toThrow(/authoriz/i);
    await expect(write(plainKafka(ssl, { retry, ssl: true }), 'tiles', ['e'])).rejects.toThrow(/self.signed/i);
  });
});
