import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { type Caught, catchWarnings } from '../../support/catchWarnings.ts';
import { frameProxiedKafka } from '../../support/kafka/frameProxiedKafka.ts';
import type { FrameProxy } from '../../support/kafka/startFrameProxy.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { makeAnew } from './makeAnew.ts';
import { type Moving, moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

const oldPerPartition = 20;
const perPartition = 30;

describe('a topic that is deleted and made anew', () => {
  const kafka = frameProxiedKafka();
  let caught: Caught;
  beforeEach(() => {
    caught = catchWarnings();
  });
  afterEach(() => caught[Symbol.dispose]());

  interface Scene {
    readonly proxy: FrameProxy;
    readonly input: TestTopic;
    readonly moving: Moving;
    /** Fills these partitions of the new topic. */
    fill(partitions: readonly number[]): Promise<void>;
    /** Where the pipeline noticed that the topic is another. */
    noticed(): string[];
    /** Waits until all of the new topic is written and committed, and drains. */
    finish(): Promise<void>;
  }
  /** Moves the tiles of a topic of two partitions; those that `work` holds stay in flight. */
  const scene = async (transactional: boolean, work?: Parameters<typeof moveTiles>[0]['work']): Promise<Scene> => {
    const { cluster, proxy, brokers } = kafka;
    const input = await testTopic({ partitions: 2 }, cluster.brokers);
    const output = await testTopic({}, cluster.brokers);
    for (const partition of [0, 1]) await input.append(partition, Array(oldPerPartition).fill('old'));
    const { topic, groupId } = input;
    const moving = moveTiles({
      ...{ brokers, topic, groupId, output: output.topic },
      ...(transactional && { transactions: kafkaTransactions({ brokers }) }),
      ...(work !== undefined && { work }),
    });
    let places: readonly number[] = [];
    const valuesOf = (partition: number): string[] =>
      Array.from({ length: perPartition }, (_, i) => `new ${partition}/${i}`);
    return {
      proxy,
      input,
      moving,
      noticed: () =>
        caught.warnings.flatMap((line) => (line.includes('was made anew since') ? line.split(' ').slice(0, 1) : [])),
      async fill(partitions) {
        places = partitions;
        for (const partition of partitions) await input.append(partition, valuesOf(partition));
      },
      async finish() {
        const wanted = places.flatMap(valuesOf);
        await waitFor('all of the new topic', async () => {
          const there = new Set((await output.readAll()).map(({ value }) => String(value)));
          return wanted.every((value) => there.has(value));
        });
        await waitFor('all to be committed', async () => {
          const offsets = await Promise.all(places.map((partition) => input.committed(partition)));
          return offsets.every(({ offset }) => offset === String(perPartition));
        });
        await moving.drain();
      },
    };
  };

  it.each([
    ['at least once', false],
    ['in transactions', true],
  ])(
    'is read once more while some brokers tell of the old one: no going back and forth (%s)',
    async (_, transactional) => {
      const { proxy, input, moving, noticed, fill, finish } = await scene(transactional);
      await waitFor('all', () => moving.written.length === 2 * oldPerPartition);
      const lag = proxy.lag(input.topic);
      await makeAnew(input, 3);
      await fill([0, 1, 2]);
      await waitFor('it to be noticed', () => noticed().length > 0);
      const before = lag.told;
      await waitFor('more old answers', () => lag.told > before + 5, 120_000);
      lag.end();
      await finish();
      expect(noticed().toSorted()).toEqual([0, 1].map((partition) => `${input.topic}/${partition}`));
      // Once by their places in the old topic until it was noticed, and once from the oldest.
      expect(moving.begun.length).toBeLessThanOrEqual(2 * oldPerPartition + 2 * 3 * perPartition);
    },
  );

  it('is noticed while it is empty, and read from its start', async () => {
    const { input, moving, noticed, fill, finish } = await scene(false);
    await waitFor('all', () => moving.written.length === 2 * oldPerPartition);
    await makeAnew(input, 2);
    await waitFor('it to be noticed', () => noticed().length === 2);
    await fill([0, 1]);
    await finish();
    expect(moving.begun).toHaveLength(2 * oldPerPartition + 2 * perPartition);
  });

  it('is read from its start where the answers to commits of the old one were lost', async () => {
    const gate = Promise.withResolvers<void>();
    const { proxy, input, moving, fill, finish } = await scene(false, ({ id }) =>
      id.endsWith('-17') ? gate.promise : Promise.resolve(),
    );
    await waitFor('all but two', () => moving.written.length === 2 * oldPerPartition - 2);
    const strike = proxy.strike(...Array(4).fill({ request: 'commitGroup', loses: 'answer' }));
    gate.resolve();
    await waitFor('a commit to be in doubt', () => strike.left < 4);
    await makeAnew(input, 2);
    await fill([0, 1]);
    strike.lift();
    await finish();
    const { log } = await input.committed(0);
    const admin = input.kafka().admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [input.topic] });
    await admin.disconnect();
    expect(topics[0]?.partitions[0]).toMatchObject({ topicId: log });
  });
});
