import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import { testTopic } from './testTopic.ts';

it('records with any headers are tiles like others: named as members of every object, and 40,000 of them', async () => {
  const input = await testTopic();
  const output = await testTopic();
  const inherited = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'];
  const many = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`h${i}`, '']));
  const written = ['before', ...inherited, 'many', 'behind'];
  await input.append(0, [
    'before',
    ...inherited.map((name) => ({ value: name, headers: Object.fromEntries([[name, 'x']]) })),
    { value: 'many', headers: many },
    'behind',
  ]);
  const drain = new AbortController();
  const { brokers, groupId, topic } = input;
  let settled = 0;
  const tiles = fromKafka({ brokers, groupId, topic, drain: drain.signal }).pipe(
    toKafka({
      brokers,
      topic: output.topic,
      value: ({ payload }) => ('bytes' in payload ? payload.bytes : payload.uri),
    }),
    tap(() => {
      settled += 1;
      if (settled === written.length) drain.abort();
    }),
  );
  await lastValueFrom(tiles, { defaultValue: undefined });
  expect((await output.readAll()).map(({ value }) => String(value)).sort()).toEqual(written.toSorted());
  expect((await input.committed(0)).offset).toBe(String(written.length));
});
