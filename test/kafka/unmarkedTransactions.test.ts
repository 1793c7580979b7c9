import { expect, it } from 'vitest';
import { checkConfig } from '../../src/config/checkConfig.ts';
import { kafkaOptions } from '../../src/config/kafkaOptions.ts';
import { kafkaClient } from '../../src/kafka/kafkaClient.ts';
import { describeTransaction } from '../../src/kafka/transactions/describeTransaction.ts';
import { innerCluster } from '../../src/kafka/transactions/innerCluster.ts';
import { UnmarkedTransactions } from '../../src/kafka/transactions/unmarkedTransactions.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

/** A producer of a transactional id, and how far the brokers say it is. */
const follow = async (topic: TestTopic) => {
  const kafka = kafkaClient(checkConfig(kafkaOptions, { brokers: topic.brokers }), 'transact');
  const transactionalId = `${topic.groupId}/0`;
  const producer = kafka.producer({ transactionalId });
  await producer.connect();
  const cluster = innerCluster(kafka);
  await cluster.connect();
  const state = async () =>
    describeTransaction(
      await cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: 1 }),
      transactionalId,
    );
  const unmarked = new UnmarkedTransactions({
    kafka,
    groupId: topic.groupId,
    outputs: () => [topic.topic, 'not-there'],
  });
  const begin = async (value: string) => {
    const transaction = await producer.transaction();
    await transaction.send({ topic: topic.topic, messages: [{ value }] });
    return transaction;
  };
  const close = async (): Promise<void> => {
    await unmarked.close();
    await cluster.disconnect();
    await producer.disconnect();
  };
  return { state, begin, settle: () => unmarked.settle(transactionalId), [Symbol.asyncDispose]: close };
};

it('tells how far the transaction of an id is', async () => {
  await using producer = await follow(await testTopic());
  await producer.settle(); // waits for the coordinator: nobody may have asked for one before
  expect(await producer.state()).toBeUndefined(); // never used
  const transaction = await producer.begin('a');
  expect(await producer.state()).toBe('Ongoing');
  await transaction.commit();
  await expect.poll(producer.state).toBe('CompleteCommit');
  await (await producer.begin('b')).abort();
  await expect.poll(producer.state).toBe('CompleteAbort');
});

it('ends what is open of an id as the brokers had decided, and fences its producer', async () => {
  const topic = await testTopic({ partitions: 2 });
  await using producer = await follow(topic);
  await (await producer.begin('committed')).commit();
  await expect.poll(producer.state).toBe('CompleteCommit');
  await producer.settle();
  await expect.poll(producer.state).toBe('CompleteCommit');
  await using next = await follow(topic);
  const open = await next.begin('open');
  await next.settle();
  await expect.poll(next.state).toBe('CompleteAbort');
  await expect(open.commit()).rejects.toMatchObject({ type: 'INVALID_PRODUCER_EPOCH' });
  expect(await readCommitted(topic)).toEqual(['committed of ']);
});
