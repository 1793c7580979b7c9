import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kafkaDeadLetter } from '../../../src/sinks/kafkaDeadLetter.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { readCommits } from '../../support/checker/readCommits.ts';
import type { Verdict } from '../../support/checker/verdict.ts';
import { frameProxiedKafka } from '../../support/kafka/frameProxiedKafka.ts';
import type { WrongAnswer } from '../../support/kafka/startFrameProxy.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { type Moving, moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

const partitions = [0, 1];
const perPartition = 60;
const count = partitions.length * perPartition;
const maxInFlight = 20;
const bad = 'tile 1/47.';

/** Twice, so that what is tried again fails too; the map that is left out cannot be too long again. */
const timesOf = (name: string): number[] => (name === 'OFFSET_METADATA_TOO_LARGE' ? [1] : [1, 2]);

/** An error code of the protocol, in the answer to a request. */
type Answer = [name: string, code: number, request: WrongAnswer['request'], done?: 'done' | undefined];

describe('a pipeline that the brokers answer with an error', () => {
  const kafka = frameProxiedKafka();

  interface Scene {
    readonly input: TestTopic;
    readonly dead: TestTopic;
    start(): Moving;
    fault([, code, request, done]: Answer): WrongAnswer;
    /** Waits until all tiles are settled, drains, and judges. */
    finish(moving: Moving): Promise<Verdict>;
  }
  const scene = async (): Promise<Scene> => {
    const make = (own = {}) => testTopic(own, kafka.cluster.brokers);
    const [input, output, dead] = await Promise.all([make({ partitions: partitions.length }), make(), make()]);
    for (const partition of partitions) {
      const texts = Array.from({ length: perPartition }, (_, i) => `tile ${partition}/${i}.`);
      await input.append(partition, texts);
    }
    const { topic, groupId } = input;
    const start = (): Moving =>
      moveTiles({
        ...{ brokers: kafka.brokers, topic, groupId, output: output.topic, maxInFlight },
        onNack: kafkaDeadLetter({ brokers: kafka.brokers, topic: dead.topic }),
        work: () => sleep(Math.random() * 100),
      });
    return {
      input,
      dead,
      start,
      fault: ([, code, request, done]) => ({
        ...{ request, code, topic: request === 'produce' ? output.topic : topic, done: done !== undefined },
      }),
      async finish(moving) {
        const all = async (): Promise<boolean> => {
          const offsets = await Promise.all(partitions.map((partition) => input.committed(partition)));
          return offsets.every(({ offset }) => offset === String(perPartition));
        };
        await waitFor('all tiles to be committed', all);
        await moving.drain();
        return checkDelivery({
          brokers: kafka.cluster.brokers,
          ...{ input: topic, groupId, output: output.topic, deadLetter: dead.topic },
        });
      },
    };
  };
  const begun = (moving: Moving): Promise<boolean> =>
    waitFor('the first tiles', () => moving.written.length >= maxInFlight);

  const passing: Answer[] = [
    ['REBALANCE_IN_PROGRESS', 27, 'commitGroup'],
    ['ILLEGAL_GENERATION', 22, 'commitGroup'],
    ['UNKNOWN_MEMBER_ID', 25, 'commitGroup'],
    ['NOT_COORDINATOR', 16, 'commitGroup'],
    ['COORDINATOR_LOAD_IN_PROGRESS', 14, 'commitGroup'],
    ['COORDINATOR_NOT_AVAILABLE', 15, 'commitGroup'],
    ['REQUEST_TIMED_OUT', 7, 'commitGroup'],
    ['REQUEST_TIMED_OUT', 7, 'commitGroup', 'done'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 3, 'commitGroup'],
    ['OFFSET_METADATA_TOO_LARGE', 12, 'commitGroup'],
    ['NOT_LEADER_OR_FOLLOWER', 6, 'produce'],
    ['LEADER_NOT_AVAILABLE', 5, 'produce'],
    ['NOT_ENOUGH_REPLICAS', 19, 'produce'],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 20, 'produce', 'done'],
    ['REQUEST_TIMED_OUT', 7, 'produce'],
    ['REQUEST_TIMED_OUT', 7, 'produce', 'done'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 3, 'produce'],
    ['CORRUPT_MESSAGE', 2, 'produce'],
    ['KAFKA_STORAGE_ERROR', 56, 'produce'],
    ['UNKNOWN_PRODUCER_ID', 59, 'produce'],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, 'produce'],
    ['INVALID_PRODUCER_EPOCH', 47, 'produce'],
    ['NOT_LEADER_OR_FOLLOWER', 6, 'fetch'],
    ['FENCED_LEADER_EPOCH', 74, 'fetch'],
    ['UNKNOWN_LEADER_EPOCH', 75, 'fetch'],
    ['KAFKA_STORAGE_ERROR', 56, 'fetch'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 3, 'fetch'],
    ['OFFSET_OUT_OF_RANGE', 1, 'fetch'],
  ];
  it.each(passing)('goes on after %s (%i) to %s, and repeats nothing', async (...[name, code, request, done]) => {
    const { input, start, fault, finish } = await scene();
    const moving = start();
    await begun(moving);
    const strike = kafka.proxy.strike(...timesOf(name).map(() => fault([name, code, request, done])));
    const struck = waitFor('the answers', () => strike.left === 0);
    await Promise.race([struck, moving.ended.then(() => Promise.reject(new Error('it ended')))]);
    const verdict = await finish(moving);
    expect(verdict).toMatchObject({ records: count, lost: 0, repeated: 0, overCommitted: [], strangers: [] });
    expect(moving.progress).toMatchObject({ acked: count, deadLettered: 0 });
    const { backwards } = await readCommits(input.kafka(), input.groupId, input.topic);
    expect(backwards).toEqual([]);
  });

  it('says within seconds why nothing is written, though the topic is there', async () => {
    using caught = catchWarnings();
    const { start, fault, finish } = await scene();
    const moving = start();
    await begun(moving);
    const strike = kafka.proxy.strike(
      ...Array.from({ length: 1_000 }, () => fault(['NOT_ENOUGH_REPLICAS', 19, 'produce'])),
    );
    const told = /^writing to \S+ waits: Kafka at \S+ fails for topic \S+: .*fewer in-sync replicas than required$/;
    // The client itself would go on for about a minute without a word.
    await waitFor('word of it', () => caught.warnings.some((line) => told.test(line)), 30_000);
    strike.lift();
    expect(await finish(moving)).toMatchObject({ records: count, lost: 0, repeated: 0, overCommitted: [] });
  });

  it.each([
    ['MESSAGE_TOO_LARGE', 10, 'RECORD_TOO_LARGE_TO_WRITE'],
    ['INVALID_RECORD', 87, 'RECORD_REFUSED'],
  ] as const)(
    'takes the tile that is answered with %s (%i) to the dead letter, and no other',
    async (name, code, told) => {
      const { dead, start, fault, finish } = await scene();
      const strike = kafka.proxy.strike(
        ...Array.from({ length: 100 }, () => ({ ...fault([name, code, 'produce']), text: bad })),
      );
      const moving = start();
      const verdict = await finish(moving);
      strike.lift();
      expect(verdict).toMatchObject({ records: count, lost: 0, repeated: 0, overCommitted: [], strangers: [] });
      expect(moving.progress).toMatchObject({ acked: count - 1, deadLettered: 1 });
      const letters = (await dead.readAll()).map(({ value, headers }) => [
        String(value),
        String(headers['swath-dead-code']),
      ]);
      expect(letters).toEqual([[bad, told]]);
    },
  );

  it.each([
    ['GROUP_AUTHORIZATION_FAILED', 30, 'commitGroup', 'AUTHORIZATION'],
    ['TOPIC_AUTHORIZATION_FAILED', 29, 'commitGroup', 'AUTHORIZATION'],
    ['INVALID_COMMIT_OFFSET_SIZE', 28, 'commitGroup', 'SOURCE_FAILED'],
    ['TOPIC_AUTHORIZATION_FAILED', 29, 'produce', 'AUTHORIZATION'],
    ['TOPIC_AUTHORIZATION_FAILED', 29, 'fetch', 'AUTHORIZATION'],
  ] as const)('ends after %s (%i) to %s, says so, and the next one goes on', async (name, code, request, expected) => {
    const { input, start, fault, finish } = await scene();
    const first = start();
    await begun(first);
    const strike = kafka.proxy.strike(...Array.from({ length: 100 }, () => fault([name, code, request])));
    const failure: unknown = await first.ended.catch((error: unknown) => error);
    strike.lift();
    expect(failure).toMatchObject({ code: expected });
    expect(String(failure)).toContain(name);
    const offsets = await Promise.all(partitions.map((partition) => input.committed(partition)));
    const uncommitted = first.begun.length - offsets.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    const verdict = await finish(start());
    expect(verdict).toMatchObject({ records: count, lost: 0, overCommitted: [], strangers: [] });
    expect(verdict.repeated).toBeLessThanOrEqual(uncommitted);
  });
});
