import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { definePipeline } from '../../../src/pipeline/definePipeline.ts';
import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import { fromKafka } from '../../../src/sources/fromKafka.ts';
import { ackAll } from '../../../src/testing.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type Caught, catchWarnings } from '../../support/catchWarnings.ts';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { frameProxiedKafka } from '../../support/kafka/frameProxiedKafka.ts';
import type { Strike } from '../../support/kafka/startFrameProxy.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { type Moving, moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const perPartition = 10;
const partitions = [0, 1];
const count = partitions.length * perPartition;
const notAvailable = 15; // the coordinator; passes, so that a commit is made again and again
const notAuthorized = 30; // for the group
// The client gives its membership up at once where it reads these.
const brokerNotAvailable = 8;
const unknownError = -1;

describe('a pipeline that ends', () => {
  const kafka = frameProxiedKafka();

  interface Scene {
    readonly input: TestTopic;
    readonly gate: PromiseWithResolvers<void>;
    /** The tiles of it wait for the gate, but for one. */
    readonly first: Moving;
    finishOne(): void;
    /** Lets another process finish the rest, and answers what was written more than once. */
    repeatedIn(): Promise<string[]>;
  }
  const scene = async ({ transactional = false } = {}): Promise<Scene> => {
    const [input, output] = [
      await testTopic({ partitions: partitions.length }, kafka.cluster.brokers),
      await testTopic({}, kafka.cluster.brokers),
    ];
    const texts = Array.from({ length: perPartition }, (_, i) => `tile ${i}`);
    for (const partition of partitions) await input.append(partition, texts);
    const { topic, groupId } = input;
    const options = {
      ...{ brokers: kafka.brokers, topic, groupId, output: output.topic },
      ...(transactional && { transactions: kafkaTransactions({ brokers: kafka.brokers }) }),
    };
    const gate = Promise.withResolvers<void>();
    gate.promise.catch(() => undefined);
    const early = Promise.withResolvers<void>();
    const first = moveTiles({
      ...options,
      work: ({ id }) => (id === `${topic}-0-0` ? early.promise : gate.promise),
    });
    await waitFor('all tiles in work', () => first.begun.length === count);
    return {
      input,
      finishOne: early.resolve,
      gate,
      first,
      async repeatedIn() {
        const second = moveTiles({
          ...options,
          ...(transactional && { transactions: kafkaTransactions({ brokers: kafka.brokers }) }),
        });
        await waitFor('all tiles to be committed', async () => {
          const offsets = await Promise.all(partitions.map((partition) => input.committed(partition)));
          return offsets.every(({ offset }) => offset === String(perPartition));
        });
        await second.drain();
        const { lost, repeated } = countOrigins(await placesOf(input), await originsOf(output));
        expect(lost).toEqual([]);
        return [...repeated.keys()];
      },
    };
  };
  const always = (topic: string, code: number): Strike =>
    kafka.proxy.strike(...Array.from({ length: 2000 }, () => ({ request: 'commitGroup' as const, topic, code })));
  const committed = ({ input }: Scene): Promise<string[]> =>
    Promise.all(partitions.map(async (partition) => (await input.committed(partition)).offset));
  const all = partitions.map(() => String(perPartition));

  it('tells why it halted, and leaves its group, though no commit is taken', async () => {
    const own = await scene();
    const { topic, groupId } = own.input;
    await using group = await watchGroup(kafka.cluster.brokers, groupId);
    const strike = always(topic, notAvailable);
    const { left } = strike;
    own.finishOne();
    await waitFor('commits', () => strike.left < left - 1);
    own.gate.reject(new Error('a tile that cannot be worked on'));
    let failure: unknown;
    own.first.ended.catch((error: unknown) => (failure = error));
    await waitFor('the reason', () => failure, 30_000);
    expect(String(failure)).toContain('a tile that cannot be worked on');
    await waitFor('the group to be empty', async () => (await group.look()).members === 0, 30_000);
    strike.lift();
  });

  it('leaves its group when it is abandoned while a commit is made again and again', async () => {
    const own = await scene();
    await using group = await watchGroup(kafka.cluster.brokers, own.input.groupId);
    const strike = always(own.input.topic, notAvailable);
    const { left } = strike;
    own.finishOne();
    await waitFor('commits', () => strike.left < left - 1);
    own.first.abandon();
    await waitFor('the group to be empty', async () => (await group.look()).members === 0, 30_000);
    strike.lift();
    expect((await own.repeatedIn()).length).toBeLessThanOrEqual(1);
    own.gate.resolve();
  });

  it('gives a drain up at its deadline where no commit is taken, and leaves its group', async () => {
    const input = await testTopic({}, kafka.cluster.brokers);
    const { topic, groupId } = input;
    await input.append(0, ['tile']);
    await using group = await watchGroup(kafka.cluster.brokers, groupId);
    const drain = new AbortController();
    const inWork = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const hold = mapTile('hold', async (_: Tile) => {
      inWork.resolve();
      await gate.promise;
      return {};
    });
    const pipeline = definePipeline({
      name: 'moving',
      config: z.strictObject({}),
      build: (run) => fromKafka({ brokers: kafka.brokers, topic, groupId, drain: run.drain }).pipe(hold, ackAll()),
    });
    const running = runPipeline(pipeline, { drain: drain.signal, drainMs: 2000 });
    await inWork.promise;
    const strike = always(topic, notAvailable);
    gate.resolve();
    drain.abort();
    expect(await running).toMatchObject({ reason: 'deadline', progress: { acked: 1 } });
    await waitFor('the group to be empty', async () => (await group.look()).members === 0, 30_000);
    strike.lift();
  });

  const rejoins = ({ warnings }: Caught, { input }: Scene): Promise<boolean> =>
    waitFor('the membership to end', () => warnings.some((text) => text.includes(`out of group ${input.groupId}`)));
  const finishAll = (own: Scene): void => {
    own.finishOne();
    own.gate.resolve();
  };

  it('commits what it finishes in a drain that begins between two memberships, though it reads nothing any more', async () => {
    using caught = catchWarnings();
    const own = await scene();
    kafka.proxy.strike({ request: 'heartbeat', topic: own.input.topic, code: brokerNotAvailable });
    await rejoins(caught, own);
    const drained = own.first.drain();
    finishAll(own);
    await drained;
    expect(await committed(own)).toEqual(all);
    expect(own.first.written).toHaveLength(count);
    expect(await own.repeatedIn()).toEqual([]);
  });

  it.each([
    ['by a broker that goes', brokerNotAvailable, false],
    ['by an error that nobody expects', unknownError, false],
    ['under transactions', unknownError, true],
  ])(
    'joins its group again where its membership is ended in the drain %s, and commits under the next one',
    async (_, code, transactional) => {
      using caught = catchWarnings();
      const own = await scene({ transactional });
      const drained = own.first.drain();
      kafka.proxy.strike({ request: 'heartbeat', topic: own.input.topic, code });
      await Promise.race([rejoins(caught, own), drained.then(() => Promise.reject(new Error('it ended')))]);
      finishAll(own);
      await drained;
      expect(await committed(own)).toEqual(all);
      expect(own.first.progress.takenAway).toBe(0);
      expect(await own.repeatedIn()).toEqual([]);
    },
  );

  it('fails where the group refuses it for good in the drain', async () => {
    const own = await scene();
    const drained = own.first.drain();
    kafka.proxy.strike({ request: 'heartbeat', topic: own.input.topic, code: notAuthorized });
    await expect(drained).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    finishAll(own);
  });
});
