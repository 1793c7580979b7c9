import { expect, it } from 'vitest';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { toKafka } from '../../../src/sinks/toKafka.ts';
import { fromKafka } from '../../../src/sources/fromKafka.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';

const perPartition = 20;

it('cancels the work on a partition that moves to another member, and goes on with the one it keeps', async () => {
  const input = await testTopic({ partitions: 2 });
  const output = await testTopic();
  for (const partition of [0, 1]) {
    const texts = Array.from({ length: perPartition }, (_, i) => `${partition}/${i}`);
    await input.append(partition, texts);
  }
  const { brokers, groupId, topic } = input;
  const signals = new Map<string, { readonly partition: string; readonly signal: AbortSignal }>();
  const begun: string[] = [];
  const gate = Promise.withResolvers<void>();
  const drain = new AbortController();
  const ended = Promise.withResolvers<void>();
  fromKafka({ brokers, groupId, topic, sessionTimeoutMs: 6_000, drain: drain.signal })
    .pipe(
      mapTile('hold', async (_: Tile, { delivery, signal }) => {
        const { partition, position } = delivery.origin;
        begun.push(`${partition}/${position}`);
        signals.set(`${partition}/${position}`, { partition, signal });
        await gate.promise;
        return {};
      }),
      toKafka<Tile>({ brokers, topic: output.topic, value: ({ id }) => id }),
    )
    .subscribe({ error: ended.reject, complete: ended.resolve });
  await waitFor('all tiles in work', () => begun.length === 2 * perPartition);

  const second = moveTiles({ brokers, groupId, topic, output: output.topic });
  await waitFor('the partition that moved', () => second.written.length === perPartition);
  const [moved = ''] = (second.written[0] ?? '').split('/');
  const cancelled = [...signals.values()].filter(({ signal }) => signal.aborted).map(({ partition }) => partition);
  expect(cancelled).toEqual(Array.from({ length: perPartition }, () => moved));
  gate.resolve(); // the work that was cancelled ends as well now, and must write nothing
  drain.abort();
  await ended.promise;
  await second.drain();

  expect(begun).toHaveLength(2 * perPartition); // what was kept was not delivered again
  const { lost, repeated, strange } = countOrigins(await placesOf(input), await originsOf(output));
  expect({ lost, strange, repeated: [...repeated] }).toEqual({ lost: [], strange: [], repeated: [] });
  for (const partition of [0, 1]) expect((await input.committed(partition)).offset).toBe(String(perPartition));
});
