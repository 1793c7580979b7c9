import { expect } from 'vitest';
import type { z } from 'zod';

import { type TestTopic, testTopic } from '../../kafka/testTopic.ts';
import { fateOf } from './fateOf.ts';
import type { partsPipeline } from './partsPipeline.ts';
import { readCommitted } from './readCommitted.ts';

/** How what was found differs from what was wanted. */
interface Difference {
  readonly missing: string[];
  readonly repeated: string[];
}

/** Input, output and dead letter of a transaction test. */
export interface PartsTopics {
  readonly input: TestTopic;
  readonly output: TestTopic;
  readonly dead: TestTopic;
  readonly config: z.input<typeof partsPipeline.config>;
  /** Adds the records of these numbers. */
  append(from: number, to: number): Promise<void>;
  /** How many records the group has finished, by the offsets that are committed; 0 while that cannot be told. */
  finished(): Promise<number>;
  /**
   * Fails unless a reader of committed records finds what is to be made of each record below `count`, each thing once.
   *
   * @param stands - False for records whose outputs were deleted.
   */
  check(count: number, stands?: (number: number) => boolean): Promise<void>;
}

/** Makes the topics, with so many partitions of the input. */
export async function partsTopics(partitions = 3, brokers?: string[]): Promise<PartsTopics> {
  const input = await testTopic({ partitions }, brokers);
  const output = await testTopic({ partitions: 2, configs: { 'max.message.bytes': '100000' } }, brokers);
  const dead = await testTopic({}, brokers);
  const placeOf = (number: number): string =>
    `${input.topic}/${number % partitions}/${Math.floor(number / partitions)}`;
  const compare = async (count: number, stands: (number: number) => boolean): Promise<Difference> => {
    const results = await readCommitted(output);
    const letters = await readCommitted(dead);
    const numbers = Array.from({ length: count }, (_, number) => number).filter(stands);
    const halves = numbers
      .filter((number) => fateOf(number) === 'halves')
      .flatMap((number) => [
        `{"number":${number},"half":"a"} of ${placeOf(number)}`,
        `{"number":${number},"half":"b"} of ${placeOf(number)}`,
      ]);
    const failed = numbers.filter((number) => fateOf(number) === 'dead').map((number) => `bytes of ${placeOf(number)}`);
    return difference([...results, ...letters], [...halves, ...failed]);
  };
  return {
    input,
    output,
    dead,
    config: {
      kafka: { brokers: input.brokers },
      source: { topic: input.topic, groupId: input.groupId, sessionTimeoutMs: 3_000 },
      sink: { topic: output.topic, transactional: true },
      deadLetter: { topic: dead.topic },
    },
    async append(from, to) {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      for (let partition = 0; partition < partitions; partition++) {
        const own = numbers.filter((number) => number % partitions === partition);
        await input.append(
          partition,
          own.map((number) => ({ key: String(number), value: 'bytes' })),
        );
      }
    },
    async finished() {
      const numbers = Array.from({ length: partitions }, (_, partition) => partition);
      const all = await Promise.all(numbers.map((partition) => input.committed(partition))).catch(() => []);
      return all.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    },
    async check(count, stands = () => true) {
      expect(await compare(count, stands)).toEqual({ missing: [], repeated: [] });
    },
  };
}

function difference(found: readonly string[], wanted: readonly string[]): Difference {
  const counts = new Map<string, number>();
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = new Set(wanted);
  return {
    missing: wanted.filter((name) => !counts.has(name)),
    repeated: [...counts]
      .filter(([name, times]) => times > 1 || !all.has(name))
      .map(([name, times]) => `${times} × ${name}`),
  };
}
