import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrameProxiedKafka, startFrameProxiedKafka } from '../support/kafka/startFrameProxiedKafka.ts';
import type { FrameFault } from '../support/kafka/startFrameProxy.ts';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { runParts } from '../support/transactions/runParts.ts';
import { waitFor } from './faults/waitFor.ts';

const count = 3_000;

describe('transactions, when something breaks in the middle of one', () => {
  let kafka: FrameProxiedKafka;
  let cluster: FrameProxiedKafka['cluster'];
  let proxy: FrameProxiedKafka['proxy'];
  let brokers: string[];
  beforeAll(async () => {
    kafka = await startFrameProxiedKafka();
    ({ cluster, proxy, brokers } = kafka);
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

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
    const topics = await partsTopics(3, cluster.brokers);
    await topics.append(0, count);
    const config = { ...topics.config, kafka: { brokers } };
    const running = runParts(config);
    for (const strike of strikes) {
      const before = await topics.finished();
      await waitFor('progress', async () => (await topics.finished()) > before);
      proxy.strike(...strike);
      await waitFor('the faults to strike', () => proxy.left === 0);
    }
    await waitFor('all records to be finished', async () => (await topics.finished()) === count, 120_000);
    expect(await running.drain()).toBe('drained');
    await topics.check(count);
  });
});
