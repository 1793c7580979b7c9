import { expect, it } from 'vitest';
import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import { kafkaWriter } from '../../src/kafka/kafkaWriter.ts';
import { followReader } from '../support/contracts/followReader.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { testTopic } from './testTopic.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads and writes on after the broker was killed and started again, without a gap', async () => {
  await using cluster = await startKafka();
  const { brokers } = cluster;
  const test = await testTopic({ partitions: 3 }, brokers);
  const { topic, groupId } = test;
  const writer = kafkaWriter({ brokers, topic });
  const reader = kafkaReader({ brokers, topic, groupId, sessionTimeoutMs: 6000 });
  const seen = followReader(reader, ({ value }) => Buffer.from(value ?? []).toString());
  const confirmed: string[] = [];
  const write = async (from: number, count: number): Promise<void> => {
    const texts = Array.from({ length: count }, (_, i) => `tile ${from + i}`);
    await Promise.all(
      texts.map(async (text) => {
        await writer.write({ key: bytesOf(text), value: bytesOf(text), headers: [] });
        confirmed.push(text);
      }),
    );
  };
  await write(0, 300);
  await seen.until(() => seen.records.length >= 300);
  const during = write(300, 300); // is on its way when the broker dies
  await cluster.kill(1);
  const later = write(600, 300);
  await cluster.startNode(1);
  await Promise.all([during, later]);
  await write(900, 100);
  const distinct = (): Set<string> => new Set(seen.records.map(({ text }) => text));
  await seen.until(() => distinct().size === 1000);
  expect(new Set(confirmed)).toEqual(distinct());
  const places = (await test.readAll()).map(({ value }) => String(value));
  expect(places).toHaveLength(1000); // nothing twice: the writer numbers what it sends
  const [first] = seen.assigned;
  const partition = first?.partition ?? '';
  await reader.commit([
    { partition, epoch: seen.epoch(partition), nextSlot: 7, position: '6', nextPosition: '7', map: 'map' },
  ]);
  expect(await test.committed(partition)).toMatchObject({ offset: '7', metadata: 'map' });
  expect(seen.revoked).toEqual([]); // its partitions stay its own: nobody else committed
  await seen.stop();
  await reader.close();
  await writer.close();
});
