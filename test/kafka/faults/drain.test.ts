import { expect, it } from 'vitest';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const moments = {
  'has joined': ({ state, members }: { state: string; members: number }) => state === 'Stable' && members === 2,
  joins: ({ state }: { state: string }) => state !== 'Stable',
} as const;

for (const [moment, reached] of Object.entries(moments)) {
  it(`repeats nothing after a drain whose last tiles finish when another member ${moment}`, async () => {
    const input = await testTopic({ partitions: 4 });
    const output = await testTopic({ partitions: 2 });
    for (const partition of [0, 1, 2, 3])
      await input.append(
        partition,
        Array.from({ length: 25 }, (_, i) => `tile ${i}`),
      );
    const { brokers, groupId, topic } = input;
    await using group = await watchGroup(brokers, groupId);
    const gate = Promise.withResolvers<void>();
    const options = { brokers, groupId, topic, output: output.topic };
    const first = moveTiles({ ...options, maxInFlight: 40, work: () => gate.promise });
    await waitFor('tiles in flight', () => first.begun.length === 40);
    const drained = first.drain();
    const second = moveTiles(options);
    await waitFor('the moment', async () => reached(await group.look()));
    gate.resolve();
    await drained;
    expect(first.written).toHaveLength(40);
    await waitFor('the rest', () => second.written.length >= 60);
    await second.drain();
    const { lost, repeated } = countOrigins(await placesOf(input), await originsOf(output));
    expect(lost).toEqual([]);
    expect([...repeated]).toEqual([]);
  });
}
