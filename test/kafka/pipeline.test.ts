import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { mapTile } from '../../src/operators/mapTile.ts';
import { kafkaDeadLetter } from '../../src/sinks/kafkaDeadLetter.ts';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import { decodeOffsetMap } from '../../src/tile/offsetMap.ts';
import { appendNumbered } from './appendNumbered.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const subjectsOf = async (output: TestTopic): Promise<string[]> =>
  (await output.readAll()).map(({ headers }) => String(headers['ce_subject']));

it('writes each origin once, and repeats nothing after a drain', async () => {
  const input = await testTopic({ partitions: 3 });
  const output = await testTopic({ partitions: 2 });
  const count = 200;
  await appendNumbered(input, [0, 1, 2], count);
  const { brokers, groupId, topic } = input;
  const run = (drainAfter: number): Promise<unknown> => {
    const drain = new AbortController();
    let settled = 0;
    const tiles = fromKafka({
      brokers,
      groupId,
      topic,
      sessionTimeoutMs: 6000,
      maxInFlight: 40,
      drain: drain.signal,
    }).pipe(
      mapTile('wait', async ({ id }) => {
        await sleep(id.length % 7); // out of order
        return { features: [id] };
      }),
      toKafka({ brokers, topic: output.topic, pipeline: 'test', value: ({ features }) => features }),
      tap(() => {
        settled += 1;
        if (settled === drainAfter) drain.abort();
      }),
    );
    return lastValueFrom(tiles, { defaultValue: undefined });
  };
  await run(250);
  const written = (await subjectsOf(output)).length;
  expect(written).toBeGreaterThanOrEqual(250);
  for (const partition of [0, 1, 2]) {
    const { metadata } = await input.committed(partition);
    if (metadata !== null) expect(decodeOffsetMap(metadata)).toEqual({ finished: [], clean: true });
  }
  await run(3 * count - written);
  const subjects = await subjectsOf(output);
  expect(new Set(subjects).size).toBe(3 * count);
  expect(subjects).toHaveLength(3 * count);
  const [record] = await output.readAll();
  const texts = Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]));
  expect(texts).toMatchObject({
    ce_specversion: '1.0',
    ce_id: String(record?.key),
    ce_source: '/swath/test',
    ce_type: 'swath.tile.result',
    'content-type': 'application/json',
  });
  expect(JSON.parse(String(record?.value))).toEqual([texts['ce_id']]);
});

it('takes what is no tile to the dead letter, with its bytes, and goes on with the others', async () => {
  const input = await testTopic();
  const output = await testTopic();
  const dead = await testTopic();
  await input.append(0, [
    { key: 'null', value: null },
    { key: 'good', value: 'bytes' },
    { key: 'empty', value: '', headers: { own: 'header' } },
    { key: 'event', value: '', headers: { ce_specversion: '1.0', ce_id: 'x', ce_type: 't', ce_source: 's' } },
    { key: 'last', value: 'more bytes' },
  ]);
  const { brokers, groupId, topic } = input;
  const drain = new AbortController();
  const onNack = kafkaDeadLetter({ brokers, topic: dead.topic });
  const tiles = fromKafka({ brokers, groupId, topic, drain: drain.signal, onNack }).pipe(
    toKafka({ brokers, topic: output.topic, value: ({ payload }) => ('bytes' in payload ? payload.bytes : undefined) }),
    tap(({ tile }) => {
      if (tile.id.endsWith('-4')) drain.abort();
    }),
  );
  await lastValueFrom(tiles, { defaultValue: undefined });
  expect((await output.readAll()).map(({ value }) => String(value))).toEqual(['bytes', 'more bytes']);
  const letters = await dead.readAll();
  expect(letters.map(({ key, value }) => [String(key), value === null ? null : String(value)])).toEqual(
    expect.arrayContaining([
      ['null', null],
      ['empty', ''],
      ['event', ''],
    ]),
  );
  const empty = letters.find(({ key }) => String(key) === 'empty')?.headers ?? {};
  const texts = Object.fromEntries(Object.entries(empty).map(([name, value]) => [name, String(value)]));
  expect(texts).toMatchObject({
    own: 'header',
    'swath-dead-code': 'RECORD_EMPTY',
    'swath-dead-stage': 'decode',
    'swath-dead-attempts': '1',
    'swath-dead-origin': `${topic}/0/2`,
  });
  expect((await input.committed(0)).offset).toBe('5');
});
