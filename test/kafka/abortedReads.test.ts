import { randomUUID } from 'node:crypto';
import type { Producer, Transaction } from 'kafkajs';
import { expect, it } from 'vitest';
import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import { followReader } from '../support/contracts/followReader.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

/** Two producers whose aborted transactions overlap, with committed records around them. */
async function interleave({ kafka, topic }: TestTopic): Promise<void> {
  const producers: Producer[] = [];
  const begin = async (): Promise<Transaction> => {
    const producer = kafka().producer({ transactionalId: randomUUID(), allowAutoTopicCreation: false });
    producers.push(producer);
    await producer.connect();
    return producer.transaction();
  };
  const send = (transaction: Transaction, value: string): Promise<unknown> =>
    transaction.send({ topic, acks: -1, messages: [{ value, partition: 0 }] });
  const [early, late, good] = [await begin(), await begin(), await begin()];
  await send(good, 'committed 1');
  await send(early, 'aborted 1');
  await send(late, 'aborted 2');
  await send(good, 'committed 2');
  await late.abort();
  await send(early, 'aborted 3');
  await early.abort();
  await send(good, 'committed 3');
  await good.commit();
  await Promise.all(producers.map((producer) => producer.disconnect()));
}
const wanted = ['committed 1', 'committed 2', 'committed 3'];

/** What a client of one's own shows in the same process, up to the record `last`. */
async function plain({ kafka, topic }: TestTopic, last: string): Promise<string[]> {
  const consumer = kafka().consumer({ groupId: `${topic}-plain`, maxWaitTimeInMs: 50 });
  const values: string[] = [];
  const done = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      values.push(String(message.value));
      if (values.at(-1) === last) done.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return values;
}

it('does not read what was aborted, though the client shows it where producers interleave', async () => {
  const test = await testTopic();
  await interleave(test);
  const reader = kafkaReader({ brokers: test.brokers, topic: test.topic, groupId: test.groupId });
  const seen = followReader(reader, ({ value }) => Buffer.from(value ?? []).toString());
  await seen.until(() => seen.records.some(({ text }) => text === 'committed 3'));
  expect(seen.texts('0')).toEqual(wanted);
  await seen.stop();
  await reader.close();
  expect((await readCommitted(test)).map((line) => line.replace(/ of $/, ''))).toEqual(wanted);
  // As without swath: else the mending reaches further than swath's own clients, or is no longer needed.
  expect(await plain(test, 'committed 3')).toContain('aborted 1');
});
