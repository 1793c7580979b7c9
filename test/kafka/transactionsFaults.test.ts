import { describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../src/kafka/transactions/kafkaTransactions.ts';
import { catchWarnings } from '../support/catchWarnings.ts';
import { frameProxiedKafka } from '../support/kafka/frameProxiedKafka.ts';
import type { FrameFault } from '../support/kafka/startFrameProxy.ts';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { moveTiles } from './faults/moveTiles.ts';
import { waitFor } from './faults/waitFor.ts';
import { testTopic } from './testTopic.ts';

const count = 3_000;

describe('transactions, when something breaks in the middle of one', () => {
  const kafka = frameProxiedKafka();

  const lostAnswer: FrameFault = { request: 'endTransaction', loses: 'answer' };
  const lostCommit: FrameFault = { request: 'endTransaction', loses: 'request' };
  const faults: [string, FrameFault[][]][] = [
    ['the answers to commits are lost', Array(5).fill([lostAnswer])],
    ['commits are lost', Array(5).fill([lostCommit])],
    [
      'offsets are lost, or the answers to them',
      [
        [{ request: 'commitOffsets', loses: 'request' }],
        [{ request: 'commitOffsets', loses: 'answer' }],
        [{ request: 'addOffsets', loses: 'answer' }],
      ],
    ],
    [
      'outputs are lost, or the answers to them',
      [
        [{ request: 'produce', loses: 'request' }],
        [{ request: 'produce', loses: 'answer' }],
        [{ request: 'produce', loses: 'answer' }],
      ],
    ],
    [
      'the claims after lost commits are lost, or the answers to them',
      [
        [lostAnswer, { request: 'initProducerId', loses: 'answer' }],
        [lostCommit, { request: 'initProducerId', loses: 'request' }],
      ],
    ],
  ];
  it.each(faults)('%s: everything is written once', async (_, strikes) => {
    const topics = await partsTopics(3, kafka.cluster.brokers);
    await topics.append(0, count);
    const config = { ...topics.config, kafka: { brokers: kafka.brokers } };
    const running = runParts(config);
    for (const strike of strikes) {
      const before = await topics.finished();
      await waitFor('progress', async () => (await topics.finished()) > before);
      kafka.proxy.strike(...strike);
      await waitFor('the faults to strike', () => kafka.proxy.left === 0);
    }
    await waitFor('all records to be finished', async () => (await topics.finished()) === count, 120_000);
    expect(await running.drain()).toBe('drained');
    await topics.check(count);
  });

  it('the membership ends, and begins again: work in flight goes on, and is not begun again', async () => {
    using caught = catchWarnings();
    const input = await testTopic({ partitions: 2 }, kafka.cluster.brokers);
    const output = await testTopic({ partitions: 2 }, kafka.cluster.brokers);
    const append = async (count: number): Promise<void> => {
      for (const partition of [0, 1]) await input.append(partition, Array(count).fill('bytes'));
    };
    await append(20);
    const gate = Promise.withResolvers<void>();
    const { topic, groupId } = input;
    const moving = moveTiles({
      ...{
        brokers: kafka.brokers,
        topic,
        groupId,
        output: output.topic,
        transactions: kafkaTransactions({ brokers: kafka.brokers }),
      },
      work: ({ id }) => (Number(id.split('-').at(-1)) < 10 ? Promise.resolve() : gate.promise),
    });
    await waitFor('the first half', () => moving.written.length === 20 && moving.begun.length === 40);
    kafka.proxy.strike({ request: 'heartbeat', loses: 'request' }, { request: 'findCoordinator', loses: 'request' });
    await waitFor('the end of the membership', () => caught.warnings.some((line) => line.includes('out of group')));
    await append(10);
    await waitFor('the next one', () => moving.begun.length >= 60);
    gate.resolve();
    await waitFor('all', () => new Set(moving.written).size === 60);
    await moving.drain();
    const places = [0, 1].flatMap((partition) => Array.from({ length: 30 }, (_, i) => `${partition}/${i}`));
    expect(moving.begun.toSorted()).toEqual(places.toSorted());
    const results = (await readCommitted(output)).map((line) => line.split('/').slice(-2).join('/'));
    expect(results.toSorted()).toEqual(places.toSorted());
  });
});
