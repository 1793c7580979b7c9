import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { plainKafka } from '../support/kafka/plainKafka.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { coordinatorOf } from '../support/transactions/coordinatorOf.ts';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { waitFor } from './faults/waitFor.ts';

const more = 1_500;

it('writes everything once while coordinators and leaders of three nodes are killed under load', async () => {
  await using cluster = await startKafka({ nodes: 3 });
  const { brokers } = cluster;
  const topics = await partsTopics(3, brokers);
  const { input, output } = topics;
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  const transactionsOf = (partition: number) => (): Promise<number> =>
    coordinatorOf(admin, '__transaction_state', `${input.groupId}/${input.topic}/${partition}`);
  const group = (): Promise<number> => coordinatorOf(admin, '__consumer_offsets', input.groupId);
  const leader = async (): Promise<number> => {
    const found = await admin.fetchTopicMetadata({ topics: [output.topic] });
    return found.topics[0]?.partitions[0]?.leader ?? 1;
  };
  const inSync = async (): Promise<boolean> => {
    const wanted = [input.topic, output.topic, topics.dead.topic, '__transaction_state', '__consumer_offsets'];
    const found = await admin.fetchTopicMetadata({ topics: wanted }).catch(() => ({ topics: [] }));
    const partitions = found.topics.flatMap((topic) => topic.partitions);
    return partitions.length > 0 && partitions.every((own) => own.isr.length === 3 && own.leader > 0);
  };

  const running = runParts(topics.config);
  const aims = [transactionsOf(0), group, leader, transactionsOf(1), group, transactionsOf(2)];
  let count = 0;
  for (const aim of aims) {
    await topics.append(count, count + more);
    count += more;
    const before = await topics.finished();
    await waitFor('transactions', async () => (await topics.finished()) > before);
    const node = await aim();
    await sleep(Math.random() * 200);
    await cluster.kill(node);
    await cluster.startNode(node);
    await waitFor('all replicas', inSync);
  }
  await waitFor('all records to be finished', async () => (await topics.finished()) === count, 120_000);
  expect(await running.drain()).toBe('drained');
  await admin.disconnect();
  await topics.check(count);
});
