import { expect, it } from 'vitest';
import { groupProgress } from '../../src/kafka/groupProgress.ts';
import { type ScannedBatch, scanTopic } from '../../src/kafka/scanTopic.ts';
import { createTopic } from '../support/kafka/createTopic.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';
import { startKafka } from '../support/kafka/startKafka.ts';

it('waits for the coordinator of a group while a new cluster makes the topic of the commits', async () => {
  await using cluster = await startKafka();
  const { brokers } = cluster;
  await createTopic(brokers, 'dead', {});
  const producer = plainKafka(brokers).producer();
  await producer.connect();
  await producer.send({ topic: 'dead', messages: [{ value: 'letter' }] });
  await producer.disconnect();
  const groups = Array.from({ length: 20 }, (_, i) => `group-${i}`); // in different partitions of that topic
  const [first = ''] = groups;
  let read = 0;
  const each = ({ records }: ScannedBatch): void => {
    read += records.length;
  };
  const scan = scanTopic('dead', { brokers }, { groupId: first, each });
  const progress = await Promise.all(groups.map((group) => groupProgress('dead', group, { brokers })));
  expect(progress.map(({ size }) => size)).toEqual(groups.map(() => 0));
  await scan;
  expect(read).toBe(1);
});
