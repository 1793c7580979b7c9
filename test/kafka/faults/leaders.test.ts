import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { expect, it } from 'vitest';
import { kafkaWriter } from '../../../src/kafka/kafkaWriter.ts';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import type { KafkaCluster } from '../../support/kafka/kafkaCluster.ts';
import { plainKafka } from '../../support/kafka/plainKafka.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { plainSender } from './plainSender.ts';
import { waitFor } from './waitFor.ts';

const partitions = 6;
const leastKills = 10;
const mostKills = 40; // the plain client has lost something long before

/** Writes numbered records, a few at a time, until stopped. */
const keepWriting = (brokers: string[], topic: string) => {
  const writer = kafkaWriter({ brokers, topic });
  const confirmed: string[] = [];
  const failures: unknown[] = [];
  let stopped = false;
  let count = 0;
  const line = async (): Promise<void> => {
    while (!stopped) {
      count += 1;
      const text = `tile ${count}`;
      const bytes = Buffer.from(text);
      await writer.write({ key: bytes, value: bytes, headers: [] }).then(
        () => confirmed.push(text),
        (error: unknown) => failures.push(error),
      );
      await sleep(20);
    }
  };
  const lines = Promise.all(Array.from({ length: 10 }, line));
  const stop = async (): Promise<void> => {
    stopped = true;
    await lines;
    await writer.close();
  };
  return { confirmed, failures, stop };
};

const partitionsOf = async (admin: Admin, topic: string) =>
  (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions ?? [];

/** Kills the leader of a partition and starts it again; resolves when all replicas of the topics are in sync. */
const killLeader = async (cluster: KafkaCluster, admin: Admin, topics: string[], partition: number): Promise<void> => {
  const found = await partitionsOf(admin, topics[0] ?? '');
  const node = found.find(({ partitionId }) => partitionId === partition)?.leader ?? 1;
  await cluster.kill(node);
  await cluster.startNode(node);
  await waitFor('all replicas', async () => {
    const all = await Promise.all(topics.map((topic) => partitionsOf(admin, topic))).catch(() => []);
    return all.length > 0 && all.flat().every(({ isr, leader }) => isr.length === 3 && leader > 0);
  });
};

it('loses nothing when leaders die under load, where the plain client loses what it acknowledged', async () => {
  await using cluster = await startKafka({ nodes: 3 });
  const { brokers } = cluster;
  const configs = { 'min.insync.replicas': '2' };
  const make = () => testTopic({ partitions, configs }, brokers);
  const [ours, output, plain] = [await make(), await make(), await make()];
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  const writing = keepWriting(brokers, ours.topic);
  const { groupId, topic } = ours;
  const moving = moveTiles({ brokers, groupId, topic, output: output.topic, maxInFlight: 100 });
  const sender = plainSender(brokers, plain.topic, partitions);
  const plainLost = async (): Promise<number> => {
    const acknowledged = [...sender.acknowledged];
    const kept = new Set((await plain.readAll()).map(({ value }) => String(value)));
    return acknowledged.filter((value) => !kept.has(value)).length;
  };
  await waitFor('load', () => moving.written.length > 50 && sender.acknowledged.length > 50);

  let kills = 0;
  let lostByPlain = 0;
  while (kills < leastKills || (lostByPlain === 0 && kills < mostKills)) {
    await killLeader(cluster, admin, [plain.topic, topic, output.topic], kills % partitions);
    kills += 1;
    const [moved, sent] = [moving.written.length, sender.acknowledged.length];
    await waitFor('the load to go on', () => moving.written.length > moved && sender.acknowledged.length > sent);
    if (kills >= leastKills) lostByPlain = await plainLost();
  }
  await sender.stop();
  await writing.stop();
  const places = await placesOf(ours);
  await waitFor('all tiles', () => new Set(moving.written).size === places.length);
  await moving.drain();
  await admin.disconnect();

  expect(lostByPlain).toBeGreaterThan(0);
  expect(writing.failures).toEqual([]);
  const kept = new Set((await ours.readAll()).map(({ value }) => String(value)));
  expect(writing.confirmed.filter((text) => !kept.has(text))).toEqual([]);
  expect(writing.confirmed.length).toBeGreaterThan(10 * leastKills);
  const { lost, repeated, strange } = countOrigins(places, await originsOf(output));
  expect({ lost, strange }).toEqual({ lost: [], strange: [] });
  expect(repeated.size).toBeLessThanOrEqual(kills * 100);
  process.stderr.write(
    `${kills} leaders killed: plain client lost ${lostByPlain} of ${sender.acknowledged.length} acknowledged, ` +
      `swath 0 of ${writing.confirmed.length}; ${repeated.size} of ${places.length} tiles repeated\n`,
  );
}, 420_000);
