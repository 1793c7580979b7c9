import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../src/kafka/transactions/kafkaTransactions.ts';
import { moveTiles } from './faults/moveTiles.ts';
import { waitFor } from './faults/waitFor.ts';
import { testTopic } from './testTopic.ts';

const named = (text: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${text} ${i}`);

describe('a pipeline that begins at the end of the log', () => {
  const setUp = async () => {
    const input = await testTopic();
    const output = await testTopic();
    const { brokers, groupId, topic } = input;
    await input.append(0, named('before', 5));
    const move = (options: object = {}) =>
      moveTiles({ brokers, groupId, topic, output: output.topic, from: 'latest', ...options });
    return { input, move };
  };

  it.each([
    ['at least once', 'drain'],
    ['at least once', 'abandon'],
    ['in transactions', 'drain'],
    ['in transactions', 'abandon'],
  ] as const)('begins there the next time too, though no record came before (%s, %s)', async (how, end) => {
    const { input, move } = await setUp();
    const begin = () =>
      move(how === 'in transactions' ? { transactions: kafkaTransactions({ brokers: input.brokers }) } : {});
    const first = begin();
    await waitFor('the partition', () => first.progress.partitions === 1);
    await waitFor('the place to be committed', async () => (await input.committed(0)).offset === '5');
    await first[end]();
    await input.append(0, named('while nobody read', 10));
    const second = begin();
    await waitFor('all of them', () => second.written.length === 10);
    await second.drain();
    expect(second.written.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `0/${5 + i}`).toSorted());
    expect((await input.committed(0)).offset).toBe('15');
  });

  it('reads a partition that is added from its oldest record, whoever gets it', async () => {
    const { input, move } = await setUp();
    const first = move();
    await waitFor('the partition', () => first.progress.partitions === 1);
    const admin = input.kafka().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: input.topic, count: 2 }] });
    await waitFor('the partition to have a leader', async () => {
      const [found] = (await admin.fetchTopicMetadata({ topics: [input.topic] })).topics;
      return found?.partitions.length === 2 && found.partitions.every(({ leader }) => leader >= 0);
    });
    await admin.disconnect();
    await input.append(1, named('new', 10)); // one that is sent while there is no leader is dropped by the plain client
    await waitFor('the new partition', () => first.progress.partitions === 2, 60_000);
    await waitFor('its records', () => first.written.length >= 10);
    await sleep(100); // nothing more comes
    await first.drain();
    expect(new Set(first.written)).toEqual(new Set(Array.from({ length: 10 }, (_, i) => `1/${i}`)));
  });
});
