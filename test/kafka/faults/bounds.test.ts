import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { type FromKafkaOptions, fromKafka } from '../../../src/sources/fromKafka.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import { spanCap } from '../../../src/tile/offsetMap.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { FlightLog } from '../../support/flightLog.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { waitFor } from './waitFor.ts';

const read = (
  { brokers, topic, groupId }: TestTopic,
  options: Partial<FromKafkaOptions>,
  next: (envelope: Envelope<Tile>) => void,
) => {
  const drain = new AbortController();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // told by stop
  fromKafka({ brokers, topic, groupId, drain: drain.signal, ...options }).subscribe({
    next,
    error: (error: unknown) => ended.reject(error),
    complete: () => ended.resolve(),
  });
  return (): Promise<void> => {
    drain.abort();
    return ended.promise;
  };
};
const fill = async (input: TestTopic, partition: number, texts: readonly string[]): Promise<void> => {
  for (let from = 0; from < texts.length; from += 1_000) {
    await input.append(partition, texts.slice(from, from + 1_000));
  }
};

it('never has more in flight than the cap, in number and in bytes', async () => {
  const random = seededRandom(5);
  const input = await testTopic({ partitions: 3 });
  const texts = () => Array.from({ length: 300 }, () => 'x'.repeat(1 + Math.floor(random() * 1_500)));
  for (const partition of [0, 1, 2]) await fill(input, partition, texts());
  const flights = new FlightLog(random);
  const caps = { maxInFlight: 40, maxInFlightBytes: 20_000 };
  const stop = read(input, caps, (envelope) => flights.deliver(envelope));
  await waitFor('all tiles', () => flights.finished === 900);
  await stop();
  expect(flights.most.count).toBeLessThanOrEqual(caps.maxInFlight);
  expect(flights.most.bytes).toBeLessThanOrEqual(caps.maxInFlightBytes);
  expect(flights.most.count).toBeGreaterThan(caps.maxInFlight / 4);
  for (const partition of [0, 1, 2]) expect((await input.committed(partition)).offset).toBe('300');
});

it('goes on past a stuck tile until its map is full, names the tile, and lets other partitions go on', async () => {
  using caught = catchWarnings();
  const input = await testTopic({ partitions: 2 });
  const count = spanCap + 500;
  await fill(
    input,
    0,
    Array.from({ length: count }, (_, i) => String(i)),
  );
  let stuck: Envelope<Tile> | undefined;
  let delivered = 0;
  let other = 0;
  const stop = read(input, {}, (envelope) => {
    if (envelope.origin.partition === '1') other += 1;
    else delivered += 1;
    if (stuck === undefined) stuck = envelope;
    else envelope.ack();
  });
  await waitFor('a full map', () => delivered === spanCap);
  const warning = await waitFor('the warning', () =>
    caught.warnings.find((text) => text.includes(' waits: the record')),
  );
  expect(warning).toContain(`${input.topic}/0 waits: the record at ${stuck?.origin.position} is unfinished`);
  await input.append(1, ['one', 'two']);
  await waitFor('the other partition', () => other === 2);
  expect(delivered).toBe(spanCap);
  stuck?.ack();
  await waitFor('the rest', () => delivered === count);
  await stop();
  expect((await input.committed(0)).offset).toBe(String(count));
});

it('goes on by itself when there is room again, over many rests of both partitions', async () => {
  const input = await testTopic({ partitions: 2 });
  const texts = Array.from({ length: 4_000 }, (_, i) => `${i} `.padEnd(1_000, 'x'));
  for (const partition of [0, 1]) await fill(input, partition, texts);
  const held: Envelope<Tile>[] = [];
  let finished = 0;
  let open = false;
  const options = { maxInFlight: 10, bufferBytes: 200_000 };
  const stop = read(input, options, (envelope) => {
    if (!open) held.push(envelope);
    else {
      finished += 1;
      envelope.ack();
    }
  });
  await waitFor('a full source', () => held.length === options.maxInFlight);
  open = true;
  for (const envelope of held) {
    finished += 1;
    envelope.ack();
  }
  await waitFor('all tiles, over many rests of both partitions', () => finished === 2 * texts.length);
  await stop();
  for (const partition of [0, 1]) expect((await input.committed(partition)).offset).toBe(String(texts.length));
});
