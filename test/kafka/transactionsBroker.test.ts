import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaCluster } from '../support/kafka/kafkaCluster.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { type PartsTopics, partsTopics } from '../support/transactions/partsTopics.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { waitFor } from './faults/waitFor.ts';

const more = 1_000;

describe('transactions, when the only broker ends and is started again', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka();
  });
  afterAll(() => cluster.close());

  /** Ends the broker under load with each of these signals, in turn; answers how many records went in. */
  const endUnderLoad = async (topics: PartsTopics, signals: readonly NodeJS.Signals[]): Promise<number> => {
    const running = runParts(topics.config);
    let count = 0;
    for (const signal of signals) {
      await topics.append(count, count + more);
      count += more;
      const before = await topics.finished();
      await waitFor('transactions', async () => (await topics.finished()) > before);
      await sleep(Math.random() * 200);
      await cluster.kill(1, signal);
      await cluster.startNode(1);
    }
    await waitFor('all records to be finished', async () => (await topics.finished()) === count, 120_000);
    expect(await running.drain()).toBe('drained');
    return count;
  };

  it('stopped in order: everything is written once', async () => {
    const topics = await partsTopics(3, cluster.brokers);
    await topics.check(await endUnderLoad(topics, Array(4).fill('SIGTERM')));
  });

  it('killed: everything is written once', async () => {
    const topics = await partsTopics(3, cluster.brokers);
    await topics.check(await endUnderLoad(topics, Array(5).fill('SIGKILL')));
  });
});
