import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { type ProxiedKafka, startProxiedKafka } from '../../support/kafka/startProxiedKafka.ts';
import type { ToxicProxy } from '../../support/toxiproxy/startToxiproxy.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const perPartition = 200;
const maxInFlight = 60;

describe('a pipeline whose connections break', () => {
  let kafka: ProxiedKafka;
  beforeAll(async () => {
    kafka = await startProxiedKafka();
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  /** Carries all tiles while `fault` has its way, and answers how many came twice. */
  const carry = async (
    fault: (proxy: ToxicProxy, state: { written: () => number; gone: () => Promise<void> }) => Promise<void>,
  ): Promise<number> => {
    const { cluster, brokers, proxies } = kafka;
    const [proxy] = proxies;
    if (proxy === undefined) throw new Error('there is a proxy');
    const input = await testTopic({ partitions: 3 }, cluster.brokers);
    const output = await testTopic({ partitions: 2 }, cluster.brokers);
    const value = Buffer.alloc(1000, 'tile');
    for (const partition of [0, 1, 2]) {
      await input.append(
        partition,
        Array.from({ length: perPartition }, () => ({ value })),
      );
    }
    const { groupId, topic } = input;
    await using group = await watchGroup(cluster.brokers, groupId);
    let slow = Promise.resolve();
    const moving = moveTiles({
      ...{ brokers, groupId, topic, output: output.topic, maxInFlight },
      ...{ sessionTimeoutMs: 2000, requestTimeoutMs: 1500, connectTimeoutMs: 1000 },
      work: () => (slow = slow.then(() => new Promise((resolve) => setTimeout(resolve, 1)))),
    });
    const written = (): number => moving.written.length;
    await waitFor('the first tiles', () => written() >= 50);
    const gone = async (): Promise<void> =>
      void (await waitFor('the member to be missed', async () => (await group.look()).members === 0));
    await fault(proxy, { written, gone });
    await waitFor('all tiles', () => new Set(moving.written).size === 3 * perPartition);
    await moving.drain();
    const { lost, repeated, strange } = countOrigins(await placesOf(input), await originsOf(output));
    expect({ lost, strange }).toEqual({ lost: [], strange: [] });
    for (const partition of [0, 1, 2]) expect((await input.committed(partition)).offset).toBe(String(perPartition));
    return [...repeated.values()].reduce((sum, more) => sum + more, 0);
  };

  it('repeats nothing where answers take long', async () => {
    const repeated = await carry(async (proxy, { written }) => {
      const remove = await proxy.poison('latency', { latency: 150, jitter: 100 });
      const before = written();
      await waitFor('progress all the same', () => written() > before + 100);
      await remove();
    });
    expect(repeated).toBe(0);
  });

  it('repeats nothing where little passes at a time', async () => {
    const repeated = await carry(async (proxy, { written }) => {
      const remove = await proxy.poison('bandwidth', { rate: 100 });
      const before = written();
      await waitFor('progress all the same', () => written() > before + 100);
      await remove();
    });
    expect(repeated).toBe(0);
  });

  it('loses nothing where connections are reset again and again', async () => {
    const repeated = await carry(async (proxy, { written }) => {
      for (let round = 1; round <= 5; round++) {
        const remove = await proxy.poison('reset_peer', { timeout: 50 });
        await new Promise((resolve) => setTimeout(resolve, 200));
        await remove();
        const before = written();
        await waitFor('progress', () => written() > before || written() >= 3 * perPartition);
      }
    });
    expect(repeated).toBeLessThanOrEqual(5 * maxInFlight);
  });

  it('loses nothing where connections end in the middle of an answer', async () => {
    const repeated = await carry(async (proxy, { written }) => {
      const remove = await proxy.poison('limit_data', { bytes: 40_000 });
      const before = written();
      await waitFor('progress all the same', () => written() > before + 20);
      await remove();
    });
    expect(repeated).toBeLessThanOrEqual(5 * maxInFlight);
  });

  for (const direction of ['upstream', 'downstream'] as const) {
    const what = direction === 'upstream' ? 'requests' : 'answers';
    it(`loses nothing where ${what} vanish on connections that stay open, until the group has given the member up`, async () => {
      const repeated = await carry(async (proxy, { gone }) => {
        const remove = await proxy.poison('timeout', { timeout: 0 }, direction);
        await gone();
        await remove();
      });
      expect(repeated).toBeLessThanOrEqual(maxInFlight);
    });
  }

  it('loses nothing where the brokers cannot be reached for longer than the session', async () => {
    const repeated = await carry(async (proxy, { gone }) => {
      await proxy.shut();
      await gone();
      await proxy.open();
    });
    expect(repeated).toBeLessThanOrEqual(maxInFlight);
  });
});
