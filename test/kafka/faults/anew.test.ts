import { describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { decodeOffsetMap, encodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { readCommitted } from '../../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { commitAs } from './commitAs.ts';
import { makeAnew } from './makeAnew.ts';
import { type Moving, moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

const named = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name} ${i}`);
const upTo = (end: number): string[] => Array.from({ length: end }, (_, i) => `0/${i}`);

describe('a topic that is deleted and made anew', { concurrent: true, timeout: 120_000 }, () => {
  const topics = async (partitions = 1) => ({ input: await testTopic({ partitions }), output: await testTopic() });
  type Both = Awaited<ReturnType<typeof topics>>;
  const move = ({ input, output }: Both, options: Partial<Parameters<typeof moveTiles>[0]> = {}): Moving => {
    const { brokers, groupId, topic } = input;
    return moveTiles({ brokers, groupId, topic, output: output.topic, ...options });
  };
  const valuesIn = async (output: TestTopic): Promise<string[]> =>
    (await output.readAll()).map(({ value }) => String(value));
  /** Resolves when all these values are in the output. */
  const arrived = (output: TestTopic, values: readonly string[]): Promise<unknown> =>
    waitFor('all of the new topic', async () => {
      const there = new Set(await valuesIn(output));
      return values.every((value) => there.has(value));
    });
  const endsWith = async ({ input }: Both, moving: Moving, count: number): Promise<void> => {
    await moving.drain();
    expect(await input.committed(0)).toMatchObject({ offset: String(count), log: expect.any(String) });
  };

  it('is read from its start when that was done while nobody read', async () => {
    const both = await topics();
    await both.input.append(0, named('old', 20));
    const first = move(both);
    await waitFor('all', () => first.written.length === 20);
    await first.drain();
    await makeAnew(both.input);
    await both.input.append(0, named('new', 30));
    const second = move(both);
    await waitFor('all of the new topic', () => second.written.length === 30);
    await endsWith(both, second, 30);
    expect(second.begun).toEqual(upTo(30));
  });

  it.each([
    ['shorter than what was read', 10],
    ['as long as what was read', 20],
    ['longer than what was read', 50],
  ])('is read from its start while it is read: %s', async (_, count) => {
    const both = await topics();
    await both.input.append(0, named('old', 20));
    const gate = Promise.withResolvers<void>();
    const moving = move(both, { work: ({ id }) => (id.endsWith('-17') ? gate.promise : Promise.resolve()) });
    await waitFor('all but one', () => moving.written.length === 19);
    await makeAnew(both.input);
    await both.input.append(0, named('new', count));
    if (count > 17)
      setTimeout(gate.resolve, 15_000); // a tile of the new topic waits there too
    else gate.resolve();
    await arrived(both.output, named('new', count));
    await endsWith(both, moving, count);
    const again = move(both); // nothing is left
    await both.input.append(0, ['last']);
    await waitFor('the last', () => again.written.length > 0);
    await again.drain();
    expect(again.begun).toEqual([`0/${count}`]);
  });

  it('is read from its start with more partitions, and with fewer', async () => {
    const both = await topics(2);
    for (const partition of [0, 1]) await both.input.append(partition, named(`old ${partition}`, 20));
    const moving = move(both);
    await waitFor('all', () => moving.written.length === 40);
    await makeAnew(both.input, 3);
    for (const partition of [0, 1, 2]) await both.input.append(partition, named(`more ${partition}`, 30));
    const more = [0, 1, 2].flatMap((partition) => named(`more ${partition}`, 30));
    await arrived(both.output, more);
    await makeAnew(both.input, 1);
    await both.input.append(0, named('fewer', 40));
    await arrived(both.output, named('fewer', 40));
    await endsWith(both, moving, 40);
  });

  it('is read from its start when the one before was drained without its being noticed', async () => {
    const both = await topics();
    await both.input.append(0, named('old', 20));
    const gate = Promise.withResolvers<void>();
    const first = move(both, { work: ({ id }) => (id.endsWith('-17') ? gate.promise : Promise.resolve()) });
    await waitFor('all but one', () => first.written.length === 19);
    await makeAnew(both.input);
    await both.input.append(0, named('new', 50));
    const ended = first.drain();
    gate.resolve();
    await ended;
    const second = move(both);
    await arrived(both.output, named('new', 50));
    await endsWith(both, second, 50);
  });

  it('is read from its start under transactions', async () => {
    const both = await topics();
    await both.input.append(0, named('old', 20));
    const moving = move(both, { transactions: kafkaTransactions({ brokers: both.input.brokers }) });
    await waitFor('all', () => moving.written.length === 20);
    await makeAnew(both.input);
    await both.input.append(0, named('new', 50));
    await arrived(both.output, named('new', 50));
    await endsWith(both, moving, 50);
    expect((await readCommitted(both.output)).length).toBeGreaterThanOrEqual(70);
  });

  it('is told from the same topic when the group is formed anew: the map of a partition that moves, or stays, counts', async () => {
    const both = await topics(2);
    for (const partition of [0, 1]) await both.input.append(partition, named(`tile ${partition}`, 20));
    const gate = Promise.withResolvers<void>();
    const work = ({ id }: { readonly id: string }): Promise<void> =>
      id.endsWith('-0') ? gate.promise : Promise.resolve();
    const first = move(both, { work });
    await waitFor('all but the oldest', () => first.written.length === 38);
    await waitFor('the maps', async () => {
      const all = await Promise.all([0, 1].map((partition) => both.input.committed(partition)));
      return all.every(({ metadata }) => decodeOffsetMap(metadata ?? '')?.finished.length === 19);
    });
    const second = move(both, { work });
    await waitFor('a partition to move', () => second.begun.length > 0);
    gate.resolve();
    await waitFor('the oldest', () => first.written.length + second.written.length === 40);
    await Promise.all([first.drain(), second.drain()]);
    expect(second.begun).toHaveLength(1);
    expect(first.begun).toHaveLength(40);
    for (const partition of [0, 1])
      expect(await both.input.committed(partition)).toMatchObject({ offset: '20', log: expect.any(String) });
  });

  it('is told from the same topic: a commit that names it counts, one of another is warned of, one of none is trusted', async () => {
    using caught = catchWarnings();
    const map = encodeOffsetMap({ finished: [1, 3], clean: false });
    const begunAfter = async (stamp: (own: string) => string): Promise<readonly string[]> => {
      const both = await topics();
      await both.input.append(0, named('tile', 10));
      const first = move(both);
      await waitFor('all', () => first.written.length === 10);
      await first.drain();
      const { log = '' } = await both.input.committed(0);
      const groupId = `other-${both.input.groupId}`;
      await commitAs({ ...both.input, groupId }, 0, 5, `${map}${stamp(log)}`);
      const second = move(both, { groupId });
      await waitFor('the last', () => second.written.includes('0/9'));
      await second.drain();
      return second.begun;
    };
    const rest = ['0/5', '0/7', '0/9'];
    expect(await begunAfter((log) => `#log=${log}`)).toEqual(rest);
    expect(await begunAfter(() => '')).toEqual(rest);
    expect(await begunAfter((log) => `#log=${log.replace(/.$/, (c) => (c === 'A' ? 'Q' : 'A'))}`)).toEqual(upTo(10));
    expect(caught.warnings).toContainEqual(expect.stringMatching(/^test-.*\/0 was made anew since it was read/));
  });
});
