import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/config/checkConfig.ts';
import { kafkaOptions } from '../../src/config/kafkaOptions.ts';
import { innerCluster } from '../../src/kafka/innerCluster.ts';
import { kafkaClient } from '../../src/kafka/kafkaClient.ts';
import { describeTransaction } from '../../src/kafka/transactions/describeTransaction.ts';
import { UnmarkedTransactions } from '../../src/kafka/transactions/unmarkedTransactions.ts';
import { frameProxiedKafka } from '../support/kafka/frameProxiedKafka.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

/**
 * A producer of a transactional id, and how far the brokers say it is.
 *
 * @param settledAt - Where what is open of the id is ended; the topic's brokers unless told.
 */
const follow = async (topic: TestTopic, settledAt = topic.brokers) => {
  const kafka = kafkaClient(checkConfig(kafkaOptions, { brokers: topic.brokers }), 'transact');
  const transactionalId = `${topic.groupId}/0`;
  const producer = kafka.producer({ transactionalId });
  await producer.connect();
  const cluster = innerCluster(kafka);
  await cluster.connect();
  const told = async () =>
    describeTransaction(
      await cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: 1 }),
      transactionalId,
    );
  const state = async () => (await told())?.state;
  const unmarked = new UnmarkedTransactions({
    closing: new AbortController().signal,
    kafka: kafkaClient(checkConfig(kafkaOptions, { brokers: settledAt }), 'transact'),
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
  return { told, state, begin, settle: () => unmarked.settle(transactionalId), [Symbol.asyncDispose]: close };
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

describe('when a request is lost in the middle of it', () => {
  const kafka = frameProxiedKafka();
  const start = async () => {
    const topic = await testTopic({ partitions: 2 }, kafka.cluster.brokers);
    return { topic, producer: await follow(topic, kafka.brokers) };
  };

  it('a fate that was decided after it was asked for counts', async () => {
    const { topic, producer: own } = await start();
    await using producer = own;
    const open = await producer.begin('committed late');
    kafka.proxy.strike({ request: 'initProducerId', loses: 'request' });
    await expect(producer.settle()).rejects.toThrow(); // it was told `Ongoing`
    expect(await producer.state()).toBe('Ongoing');
    await open.commit(); // was on its way
    await expect.poll(producer.state).toBe('CompleteCommit');
    await producer.settle();
    await expect.poll(producer.state).toBe('CompleteCommit');
    expect(await readCommitted(topic)).toEqual(['committed late of ']);
  });

  it.each(['request', 'answer'] as const)('a claim whose %s is lost forgets no fate', async (loses) => {
    const { producer: own } = await start();
    await using producer = own;
    await (await producer.begin('committed')).commit();
    await expect.poll(producer.state).toBe('CompleteCommit');
    kafka.proxy.strike({ request: 'initProducerId', loses });
    await expect(producer.settle()).rejects.toThrow();
    await expect.poll(producer.state).toBe(loses === 'answer' ? 'Empty' : 'CompleteCommit');
    await producer.settle();
    await expect.poll(producer.state).toBe('CompleteCommit');
  });

  it('a transaction without records that was not ended is ended, not aborted by another claim', async () => {
    const { producer: own } = await start();
    await using producer = own;
    await (await producer.begin('committed')).commit();
    await expect.poll(producer.state).toBe('CompleteCommit');
    kafka.proxy.strike({ request: 'endTransaction', loses: 'request' });
    await expect(producer.settle()).rejects.toThrow();
    const begun = await producer.told();
    expect(begun).toMatchObject({ state: 'Ongoing' });
    await producer.settle();
    await expect.poll(producer.told).toEqual({ ...begun, state: 'CompleteCommit' });
  });
});
