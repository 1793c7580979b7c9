import type { EachBatchPayload } from 'kafkajs';
import { lastValueFrom, scan, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { codecOf } from '../../../src/kafka/codecOf.ts';
import { kafkaClient } from '../../../src/kafka/kafkaClient.ts';
import { toKafka } from '../../../src/sinks/toKafka.ts';
import { fromKafka } from '../../../src/sources/fromKafka.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { waitFor } from './waitFor.ts';

const roomBytes = 67_108_864;

/** Batches of blank images, which fit into one fetch however large they are unpacked. */
async function appendBlanks(input: TestTopic, compression: 'gzip' | 'lz4' | 'zstd', counts: readonly number[]) {
  kafkaClient(kafkaOptions.parse({ brokers: input.brokers }), 'ask'); // registers the codecs
  const producer = input.kafka().producer();
  await producer.connect();
  for (const count of counts) {
    const messages = Array.from({ length: count }, () => ({ partition: 0, value: Buffer.alloc(1_000_000) }));
    await producer.send({ topic: input.topic, acks: -1, compression: codecOf(compression), messages });
  }
  await producer.disconnect();
}

it.each(['gzip', 'lz4', 'zstd'] as const)(
  'batches of blanks in %s come in parts of bounded size, each record once',
  async (compression) => {
    const input = await testTopic({ configs: { 'max.message.bytes': '2000000' } });
    await appendBlanks(input, compression, [100, 100]);
    const consumer = kafkaClient(kafkaOptions.parse({ brokers: input.brokers }), 'ask').consumer({
      groupId: input.groupId,
    });
    const sizes: number[] = [];
    const offsets: number[] = [];
    const eachBatch = async ({ batch: { messages } }: EachBatchPayload): Promise<void> => {
      sizes.push(messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
      offsets.push(...messages.map(({ offset }) => Number(offset)));
    };
    await consumer.connect();
    await consumer.subscribe({ topic: input.topic, fromBeginning: true });
    await consumer.run({ eachBatch });
    await waitFor('all of them', () => offsets.length >= 200);
    await consumer.disconnect();
    expect(offsets).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(roomBytes);
  },
);

it('every blank of such batches becomes a tile once, and the last one is committed', async () => {
  const input = await testTopic();
  const output = await testTopic();
  await appendBlanks(input, 'gzip', [100, 1, 100]);
  const { brokers, groupId, topic } = input;
  const drain = new AbortController();
  const begun: number[] = [];
  const tiles = fromKafka({ brokers, groupId, topic, drain: drain.signal, maxInFlightBytes: 10_000_000 }).pipe(
    tap(({ delivery }) => begun.push(Number(delivery.origin.position))),
    toKafka({ brokers, topic: output.topic, value: ({ id }) => Buffer.from(id) }),
  );
  const ended = lastValueFrom(
    tiles.pipe(
      scan((count) => count + 1, 0),
      tap((count) => count === 201 && drain.abort()),
    ),
  );
  expect(await ended).toBe(201);
  expect(begun).toEqual(Array.from({ length: 201 }, (_, i) => i));
  expect(await output.readAll()).toHaveLength(201);
  expect((await input.committed(0)).offset).toBe('201');
});
