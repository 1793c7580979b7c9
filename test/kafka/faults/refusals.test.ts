import { expect, it } from 'vitest';
import { makeTopics } from '../../../src/kafka/makeTopics.ts';
import { kafkaDeadLetter } from '../../../src/sinks/kafkaDeadLetter.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';

it('takes a result that is too large to the dead letter, and writes the rest of its batch once', async () => {
  const input = await testTopic();
  const output = await testTopic({ configs: { 'max.message.bytes': '20000' } });
  const dead = await testTopic();
  const sizes = Array.from({ length: 60 }, (_, i) => (i % 20 === 7 ? 30_000 : 500));
  await input.append(
    0,
    sizes.map((size) => ({ value: Buffer.alloc(size, 'x') })),
  );
  const { brokers, groupId, topic } = input;
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic });
  const moving = moveTiles({ brokers, groupId, topic, output: output.topic, onNack });
  await waitFor('all tiles', () => moving.progress.acked + moving.progress.deadLettered === 60);
  await moving.drain();
  const refused = (await dead.readAll()).map(({ headers }) => [
    String(headers['swath-dead-origin']).split('/').at(-1),
    String(headers['swath-dead-code']),
  ]);
  expect(refused.toSorted()).toEqual(['27', '47', '7'].map((offset) => [offset, 'RECORD_TOO_LARGE_TO_WRITE']));
  const fitting = (await placesOf(input)).filter((_, i) => sizes[i] === 500);
  const { lost, repeated, strange } = countOrigins(fitting, await originsOf(output));
  expect({ lost, repeated: [...repeated], strange }).toEqual({ lost: [], repeated: [], strange: [] });
  expect((await input.committed(0)).offset).toBe('60');
});

it('waits for a dead letter topic that is gone, says so, and loses nothing', async () => {
  using caught = catchWarnings();
  const input = await testTopic();
  const output = await testTopic();
  const dead = await testTopic();
  const { brokers, groupId, topic } = input;
  const bad = { value: null };
  await input.append(0, [bad, { value: 'good' }]);
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic });
  const moving = moveTiles({ brokers, groupId, topic, output: output.topic, onNack });
  await waitFor('the first dead letter', () => moving.progress.deadLettered === 1);
  const admin = dead.kafka().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [dead.topic] });
  await input.append(0, [bad, { value: 'also good' }, bad]);
  const told = `writing to ${dead.topic} waits: topic ${dead.topic} does not exist`;
  await waitFor('word of it', () => caught.warnings.some((line) => line.startsWith(told)));
  await waitFor('the good one', () => moving.progress.acked === 2);
  expect(moving.progress).toMatchObject({ deadLettered: 1, inFlight: 2 });
  expect((await input.committed(0)).offset).toBe('2');
  await makeTopics(admin, [{ topic: dead.topic, numPartitions: 1 }]);
  await admin.disconnect();
  await waitFor('the other dead letters', () => moving.progress.deadLettered === 3);
  await moving.drain();
  const origins = (await dead.readAll()).map(({ headers }) => String(headers['swath-dead-origin']));
  expect([...new Set(origins)].toSorted()).toEqual([`${topic}/0/2`, `${topic}/0/4`]);
  expect((await input.committed(0)).offset).toBe('5');
});
