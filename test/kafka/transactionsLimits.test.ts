import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { kafkaTransactions } from '../../src/kafka/transactions/kafkaTransactions.ts';
import { batchTiles } from '../../src/operators/batchTiles.ts';
import { mapTile } from '../../src/operators/mapTile.ts';
import { kafkaDeadLetter } from '../../src/sinks/kafkaDeadLetter.ts';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { waitFor } from './faults/waitFor.ts';
import { testTopic } from './testTopic.ts';

it('takes a result that is too large to the dead letter, and commits the others of its transaction', async () => {
  const [input, output, dead] = [
    await testTopic(),
    await testTopic({ configs: { 'max.message.bytes': '20000' } }),
    await testTopic(),
  ];
  const sizes = Array.from({ length: 120 }, (_, i) => (i % 40 === 17 ? 30_000 : 1_500));
  await input.append(
    0,
    sizes.map((_, i) => ({ key: String(i), value: String(i) })),
  );
  const { brokers, groupId, topic } = input;
  const transactions = kafkaTransactions({ brokers });
  const drain = new AbortController();
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic, transactions });
  const running = lastValueFrom(
    fromKafka({ brokers, groupId, topic, drain: drain.signal, onNack, transactions }).pipe(
      toKafka({ brokers, topic: output.topic, transactions, value: ({ key }) => 'x'.repeat(sizes[Number(key)] ?? 0) }),
    ),
    { defaultValue: undefined },
  );
  const committed = () => input.committed(0).catch(() => undefined); // the group's coordinator may be on its way
  await waitFor('all records to be finished', async () => (await committed())?.offset === '120');
  drain.abort();
  await running;
  expect(await readCommitted(output)).toHaveLength(117);
  expect(await readCommitted(dead)).toEqual([17, 57, 97].map((i) => `${i} of ${topic}/0/${i}`));
});

it('says that a batch over two partitions cannot be in one transaction', async () => {
  const [input, output] = [await testTopic({ partitions: 2 }), await testTopic()];
  for (const partition of [0, 1]) await input.append(partition, ['a', 'b']);
  const { brokers, groupId, topic } = input;
  const transactions = kafkaTransactions({ brokers });
  const tiles = fromKafka({ brokers, groupId, topic, drain: new AbortController().signal, transactions }).pipe(
    batchTiles({ maxTiles: 4, maxWaitMs: 5_000 }),
    mapTile('name', async ({ tiles: [first] }) => ({ id: `batch of ${first?.id}` })),
    toKafka({ brokers, topic: output.topic, transactions, value: () => 'x' }),
  );
  await expect(lastValueFrom(tiles)).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringMatching(/transactional.*a transaction commits one partition/s),
  });
});

it('refuses, before anything runs, sinks and sources that cannot share a transaction', async () => {
  const transactions = kafkaTransactions({ brokers: ['127.0.0.1:9092'] });
  const value = (): string => 'x';
  const drain = new AbortController().signal;
  expect(() => toKafka({ topic: 'out', transactional: true, value })).toThrow(/transactional.*needs `transactions`/s);
  const brokers = ['127.0.0.1:9093'];
  expect(() => toKafka({ brokers, topic: 'out', transactions, value })).toThrow(/brokers.*stays within one cluster/s);
  expect(() => fromKafka({ brokers, topic: 'in', drain, transactions })).toThrow(/brokers.*stays within one cluster/s);
});

it('writes everything once while members join and leave', async () => {
  const count = 6_000;
  const topics = await partsTopics(4);
  await topics.append(0, count);
  const first = runParts(topics.config);
  await waitFor('the first to work', async () => (await topics.finished()) > 0.1 * count);
  const second = runParts(topics.config);
  await waitFor('both to work', async () => (await topics.finished()) > 0.3 * count);
  expect(await first.drain()).toBe('drained');
  const third = runParts(topics.config);
  await waitFor('the others to work', async () => (await topics.finished()) > 0.6 * count);
  expect(await second.abandon()).toBe('abandoned');
  await waitFor('all records to be finished', async () => (await topics.finished()) === count, 120_000);
  expect(await third.drain()).toBe('drained');
  await topics.check(count);
});
