import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { kafkaTransactions } from '../../src/kafka/transactions/kafkaTransactions.ts';
import { mapTile } from '../../src/operators/mapTile.ts';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import { decodeOffsetMap } from '../../src/tile/offsetMap.ts';
import { readCommitted } from '../support/transactions/readCommitted.ts';
import { appendNumbered } from './appendNumbered.ts';
import { testTopic } from './testTopic.ts';

it('commits each result once with its progress, out of order, over a drain in the middle', async () => {
  const input = await testTopic({ partitions: 3 });
  const output = await testTopic({ partitions: 2 });
  const count = 300;
  await appendNumbered(input, [0, 1, 2], count);
  const { brokers, groupId, topic } = input;
  const run = (drainAfter: number): Promise<unknown> => {
    const drain = new AbortController();
    const transactions = kafkaTransactions({ brokers });
    let settled = 0;
    const tiles = fromKafka({ brokers, groupId, topic, maxInFlight: 100, drain: drain.signal, transactions }).pipe(
      mapTile('wait', async ({ id }) => {
        await sleep((id.length * 7) % 31); // out of order
        return { features: [id] };
      }),
      toKafka({ brokers, topic: output.topic, transactional: true, transactions, value: ({ features }) => features }),
      tap(() => {
        settled += 1;
        if (settled === drainAfter) drain.abort();
      }),
    );
    return lastValueFrom(tiles, { defaultValue: undefined });
  };
  await run(400);
  const written = (await readCommitted(output)).length;
  expect(written).toBeGreaterThanOrEqual(400);
  for (const partition of [0, 1, 2]) {
    const { metadata } = await input.committed(partition);
    if (metadata !== null) expect(decodeOffsetMap(metadata)).toMatchObject({ finished: [], clean: true });
  }
  await run(3 * count - written);
  const all = await readCommitted(output);
  expect(all).toHaveLength(3 * count);
  expect(new Set(all).size).toBe(3 * count);
  for (const partition of [0, 1, 2]) expect((await input.committed(partition)).offset).toBe(String(count));
});
