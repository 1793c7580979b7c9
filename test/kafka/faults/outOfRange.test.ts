import { describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { readCommits } from '../../support/checker/readCommits.ts';
import { frameProxiedKafka } from '../../support/kafka/frameProxiedKafka.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

const offsetOutOfRange = 1;
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `tile ${from + i}`);
const places = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `0/${from + i}`);

describe('a broker that says OFFSET_OUT_OF_RANGE of an offset that it has', () => {
  const kafka = frameProxiedKafka();

  it.each(['at least once', 'in transactions'])(
    'leaves what is committed as it stands: a crash right then repeats nothing that was (%s)',
    async (how) => {
      const { cluster, proxy, brokers } = kafka;
      const input = await testTopic({}, cluster.brokers);
      const output = await testTopic({}, cluster.brokers);
      await input.append(0, numbered(0, 40));
      const { topic, groupId } = input;
      const gate = Promise.withResolvers<void>();
      const late = (id: string): boolean => Number(id.split('-').at(-1)) >= 40;
      const move = (stuck: boolean) =>
        moveTiles({
          ...{ brokers, topic, groupId, output: output.topic },
          ...(how === 'in transactions' && { transactions: kafkaTransactions({ brokers }) }),
          work: ({ id }) => (stuck && late(id) ? gate.promise : Promise.resolve()),
        });
      const first = move(true);
      const committed = () => input.committed(0).catch(() => undefined); // the group's coordinator may be loading
      await waitFor('all to be committed', async () => (await committed())?.offset === '40');
      const strike = proxy.strike({ request: 'fetch', topic, code: offsetOutOfRange });
      await waitFor('the answer', () => strike.left === 0);
      await input.append(0, numbered(40, 60));
      await waitFor('the new ones to be read', () => first.begun.length === 60);
      expect(await input.committed(0)).toMatchObject({ offset: '40' });
      first.abandon();
      const second = move(false);
      await waitFor('the new ones to be written', () => second.written.length === 20);
      await second.drain();
      expect(second.begun).toEqual(places(40, 60));
      expect((await readCommits(input.kafka(), groupId, topic)).backwards).toEqual([]);
    },
  );
});
