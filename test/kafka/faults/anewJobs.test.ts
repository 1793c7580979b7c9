import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { inferAsync } from '../../../src/operators/inferAsync.ts';
import { fromKafka } from '../../../src/sources/fromKafka.ts';
import { memoryEndpoint } from '../../../src/testing.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { testTopic } from '../testTopic.ts';
import { makeAnew } from './makeAnew.ts';

it('a tile that comes again is not given the result of another, which lay at its place in a topic deleted since', async () => {
  const input = await testTopic();
  const { brokers, topic, groupId } = input;
  const endpoint = memoryEndpoint({ model: (bytes) => Buffer.from(`seen ${Buffer.from(bytes)}`) });
  const tiles = () => fromKafka({ brokers, topic, groupId, drain: new AbortController().signal });
  /** What the first tile brings; it is given up then, as by a process that dies, and comes again. */
  const infer = async (): Promise<string> => {
    const { tile } = await firstValueFrom(tiles().pipe(inferAsync({ endpoint })));
    return tile.result.text();
  };
  const look = (): Promise<Envelope<Tile>> => firstValueFrom(tiles());

  await input.append(0, ['old']);
  expect(await infer()).toBe('seen old');
  await makeAnew(input);
  await input.append(0, ['new']);
  expect((await look()).delivery.redelivered).toBe(false);
  expect((await look()).delivery.redelivered).toBe(true);
  expect(await infer()).toBe('seen new');
  expect(endpoint.invoked).toBe(2);
  expect(await infer()).toBe('seen new');
  expect(endpoint.invoked).toBe(2); // whose own result is found
});
