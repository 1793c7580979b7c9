import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const sessionTimeoutMs = 2000;
const maxInFlight = 1000;
const perPartition = 600;

it('stays a member while 1,000 tiles take several sessions and the source rests, and commits them after', async () => {
  const input = await testTopic({ partitions: 2 });
  const output = await testTopic();
  const texts = Array.from({ length: perPartition }, (_, i) => `tile ${i}`);
  for (const partition of [0, 1]) await input.append(partition, texts);
  const { brokers, groupId, topic } = input;
  await using group = await watchGroup(brokers, groupId);
  const gate = Promise.withResolvers<void>();
  const options = { brokers, groupId, topic, output: output.topic, sessionTimeoutMs, maxInFlight };
  const moving = moveTiles({ ...options, work: () => gate.promise });
  await waitFor('all that may be in flight', () => moving.begun.length === maxInFlight);
  for (let session = 1; session <= 4; session++) {
    await sleep(sessionTimeoutMs);
    expect(await group.look()).toEqual({ state: 'Stable', members: 1 });
    expect(moving.progress).toMatchObject({ inFlight: maxInFlight, partitions: 2 });
  }
  expect(moving.begun).toHaveLength(maxInFlight);
  gate.resolve();
  await waitFor('all tiles', () => moving.written.length >= 2 * perPartition);
  await moving.drain();
  const { lost, repeated } = countOrigins(await placesOf(input), await originsOf(output));
  expect({ lost, repeated: [...repeated] }).toEqual({ lost: [], repeated: [] });
  for (const partition of [0, 1]) expect((await input.committed(partition)).offset).toBe(String(perPartition));
});
