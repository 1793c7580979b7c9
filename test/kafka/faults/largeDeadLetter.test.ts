import { describe, expect, it } from 'vitest';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { kafkaDeadLetter } from '../../../src/sinks/kafkaDeadLetter.ts';
import { runSwath } from '../../support/cli/startSwath.ts';
import { readCommitted } from '../../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

/** The largest value without key and headers that a topic with the default limit takes. */
const limitBytes = 1_048_516;

function refuseLarge(input: TestTopic, output: TestTopic, dead: TestTopic, transactional: boolean) {
  const { brokers, groupId, topic } = input;
  const transactions = transactional ? kafkaTransactions({ brokers }) : undefined;
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic, transactions });
  return moveTiles({
    brokers,
    groupId,
    topic,
    output: output.topic,
    onNack,
    ...(transactions !== undefined && { transactions }),
    work: async ({ payload }) => {
      if ('bytes' in payload && payload.bytes.length > 10) throw new TypeError(`refused: ${'m'.repeat(3000)}`);
    },
  });
}

describe.each([false, true])('a record near the limit of its topic that fails, transactional: %s', (transactional) => {
  it('becomes a dead letter that says less, and the others go on', async () => {
    const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
    const value = Buffer.alloc(limitBytes - 116, 'x');
    for (const own of ['a', value, 'b']) await input.append(0, [{ value: own }]);
    const moving = refuseLarge(input, output, dead, transactional);
    await waitFor('all three', () => moving.progress.acked + moving.progress.deadLettered === 3);
    await moving.drain();
    const place = `${input.topic}/0`;
    expect((await readCommitted(output)).toSorted()).toEqual([`a of ${place}/0`, `b of ${place}/2`]);
    expect((await readCommitted(dead)).map((line) => line.replace(/x+/, (text) => String(text.length)))).toEqual([
      `${value.length} of ${place}/1`,
    ]);
    expect((await input.committed(0)).offset).toBe('3');
  });

  it('ends the run where not even that fits, says what to do, and is there once the limit is raised', async () => {
    const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
    for (const own of ['a', Buffer.alloc(limitBytes, 'x')]) await input.append(0, [{ value: own }]);
    const remedy = `let ${dead.topic} take larger records than ${input.topic}, and start again`;
    const error = await refuseLarge(input, output, dead, transactional).ended.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE_TO_WRITE', message: expect.stringContaining(remedy) });
    expect(error).toMatchObject({ message: expect.stringMatching(/\/0\/1 failed .*\(max\.message\.bytes\)/) });
    const roomy = await testTopic({ configs: { 'max.message.bytes': '2000000' } });
    const again = refuseLarge(input, output, roomy, transactional);
    await waitFor('the dead letter', () => again.progress.deadLettered === 1);
    await again.drain();
    expect(await readCommitted(roomy)).toHaveLength(1);
  });
});

it('is listed and replayed by what such a dead letter says', async () => {
  const [input, output, dead] = [await testTopic(), await testTopic(), await testTopic()];
  const value = Buffer.alloc(limitBytes - 116, 'x');
  await input.append(0, [{ value }]);
  const moving = refuseLarge(input, output, dead, false);
  await waitFor('the dead letter', () => moving.progress.deadLettered === 1);
  await moving.drain();
  const [letter] = await dead.readAll();
  expect(Object.keys(letter?.headers ?? {}).toSorted()).toEqual(['swath-dead-code', 'swath-dead-origin']);
  const address = ({ brokers, topic }: TestTopic): string => `kafka://${brokers.join(',')}/${topic}`;
  const show = await runSwath(['dlq', 'show', address(dead), `${input.topic}/0/0`, '--json']);
  expect(JSON.parse(show.stdout)).toMatchObject({ code: 'STAGE_FAILED', attempts: 1, bytes: value.length });
  const target = await testTopic({ configs: { 'max.message.bytes': '2000000' } });
  const replay = await runSwath(['dlq', 'replay', address(dead), '--to', address(target), '--json']);
  expect(JSON.parse(replay.stdout)).toMatchObject({ sent: 1, tooLarge: 0 });
  const [replayed] = await target.readAll();
  expect(replayed?.value?.equals(value)).toBe(true);
});
