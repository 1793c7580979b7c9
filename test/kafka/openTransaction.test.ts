import { expect, it } from 'vitest';
import { moveTiles } from './faults/moveTiles.ts';
import { waitFor } from './faults/waitFor.ts';
import { testTopic } from './testTopic.ts';

it('goes on from a commit above the oldest open transaction, as a plain client or an operator makes it', async () => {
  const input = await testTopic();
  const output = await testTopic();
  const { brokers, groupId, topic } = input;
  const kafka = input.kafka();
  await input.append(0, ['old 0', 'old 1', 'old 2']);
  const producer = kafka.producer({ transactionalId: `${topic}/open`, maxInFlightRequests: 1, idempotent: true });
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: 'open 3' }, { value: 'open 4' }] });
  await input.append(0, ['old 5', 'old 6']);
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '7' }] });

  const moving = moveTiles({ brokers, groupId, topic, output: output.topic });
  await waitFor('the partition', () => moving.progress.partitions === 1);
  await transaction.commit(); // answered before its marker, 7, is written
  await waitFor('the marker', async () => (await admin.fetchTopicOffsets(topic))[0]?.high === '8');
  await input.append(0, ['new 8']);
  await waitFor('the new record', () => moving.written.length > 0);
  await moving.drain();
  await Promise.all([producer.disconnect(), admin.disconnect()]);
  expect(moving.written).toEqual(['0/8']);
  expect((await input.committed(0)).offset).toBe('9');
});
