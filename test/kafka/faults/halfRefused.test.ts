import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { splitTile } from '../../../src/operators/splitTile.ts';
import { kafkaDeadLetter } from '../../../src/sinks/kafkaDeadLetter.ts';
import { toKafka } from '../../../src/sinks/toKafka.ts';
import { fromKafka } from '../../../src/sources/fromKafka.ts';
import { readCommitted } from '../../support/transactions/readCommitted.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { waitFor } from './waitFor.ts';

const count = 120;
const parts = [1, 2, 3];
/** Records with a part, the second, that the output does not take; two that follow each other, and one that comes alone. */
const refused = [17, 57, 58];

/** Splits each record in three, and writes them until all records are committed. */
async function writeParts(transactional: boolean): Promise<{ input: TestTopic; output: TestTopic; dead: TestTopic }> {
  const input = await testTopic();
  const output = await testTopic({ partitions: 2, configs: { 'max.message.bytes': '20000' } });
  const dead = await testTopic();
  const numbers = Array.from({ length: count }, (_, number) => number);
  await input.append(
    0,
    numbers.map((number) => ({ key: String(number), value: `bytes ${number}` })),
  );
  const { brokers, groupId, topic } = input;
  const transactions = transactional ? kafkaTransactions({ brokers }) : undefined;
  const drain = new AbortController();
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic, transactions });
  const running = lastValueFrom(
    fromKafka({ brokers, groupId, topic, drain: drain.signal, onNack, transactions }).pipe(
      mapTile('number', async ({ key }) => ({ number: Number(Buffer.from(key ?? []).toString()) })),
      splitTile('parts', ({ id, number }) => parts.map((part) => ({ id: `${id}-${part}`, number, part }))),
      toKafka({
        ...{ brokers, topic: output.topic, transactions },
        value: ({ number, part }) => (part === 2 && refused.includes(number) ? 'x'.repeat(30_000) : part),
      }),
    ),
    { defaultValue: undefined },
  );
  const committed = () => input.committed(0).catch(() => undefined); // the group's coordinator may be on its way
  await waitFor('all records to be finished', async () => (await committed())?.offset === String(count));
  drain.abort();
  await running;
  return { input, output, dead };
}

/** Results that are wanted: all parts of the records that are not refused, each once. */
const wantedOf = ({ topic }: TestTopic): string[] =>
  Array.from({ length: count }, (_, number) => number)
    .filter((number) => !refused.includes(number))
    .flatMap((number) => parts.map((part) => `${part} of ${topic}/0/${number}`));

/** Dead letters with their reasons, in the order of the input. */
async function lettersIn(dead: TestTopic): Promise<string[][]> {
  const letters = await dead.readAll();
  const told = letters.map(({ key, value, headers }) => [
    String(key),
    String(value),
    String(headers['swath-dead-code']),
    String(headers['swath-dead-origin']),
  ]);
  return told.toSorted(([a], [b]) => Number(a) - Number(b));
}

const lettersOf = ({ topic }: TestTopic): string[][] =>
  refused.map((number) => [String(number), `bytes ${number}`, 'RECORD_TOO_LARGE_TO_WRITE', `${topic}/0/${number}`]);

it('takes a record with a part that is too large to the dead letter, whole and once, and shows none of its parts: transactions', async () => {
  const { input, output, dead } = await writeParts(true);
  expect((await readCommitted(output)).toSorted()).toEqual(wantedOf(input).toSorted());
  expect((await readCommitted(dead)).toSorted()).toEqual(
    refused.map((number) => `bytes ${number} of ${input.topic}/0/${number}`),
  );
  expect(await lettersIn(dead)).toEqual(lettersOf(input));
});

it('takes a record with a part that is too large to the dead letter once, beside the parts that fitted: no transactions', async () => {
  const { input, output, dead } = await writeParts(false);
  const fitting = (line: string): boolean => !refused.some((number) => line.endsWith(`${input.topic}/0/${number}`));
  const results = await readCommitted(output);
  expect(results.filter(fitting).toSorted()).toEqual(wantedOf(input).toSorted());
  const halves = results.filter((line) => !fitting(line));
  const allowed = refused.flatMap((number) => [1, 3].map((part) => `${part} of ${input.topic}/0/${number}`));
  expect(new Set(halves).size).toBe(halves.length);
  expect(allowed).toEqual(expect.arrayContaining(halves));
  expect(halves.length).toBeGreaterThan(0);
  expect(await lettersIn(dead)).toEqual(lettersOf(input));
});
