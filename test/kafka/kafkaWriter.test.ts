import { afterEach, describe, expect, it } from 'vitest';
import type { KafkaWriterOptions } from '../../src/config/kafkaWriterOptions.ts';
import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import { kafkaWriter } from '../../src/kafka/kafkaWriter.ts';
import type { OutRecord, RecordWriter } from '../../src/ports/recordWriter.ts';
import { followReader } from '../support/contracts/followReader.ts';
import { makeAnew } from './faults/makeAnew.ts';
import { waitFor } from './faults/waitFor.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const recordOf = (key: string, value: string): OutRecord => ({ key: bytesOf(key), value: bytesOf(value), headers: [] });

describe('kafkaWriter', { timeout: 30_000 }, () => {
  const opened: RecordWriter[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((writer) => writer.close()));
  });
  const open = ({ brokers, topic }: TestTopic, options: Partial<KafkaWriterOptions> = {}): RecordWriter => {
    const writer = kafkaWriter({ brokers, topic, ...options });
    opened.push(writer);
    return writer;
  };

  it('chooses partitions as the Kafka clients do', async () => {
    const test = await testTopic({ partitions: 7 });
    const keys = Array.from({ length: 100 }, (_, i) => `tile ${i} ${'ü'.repeat(i % 5)}`);
    const plain = test.kafka().producer();
    await plain.connect();
    await plain.send({ topic: test.topic, messages: keys.map((key) => ({ key, value: 'plain' })) });
    await plain.disconnect();
    const writer = open(test);
    await Promise.all(keys.map((key) => writer.write(recordOf(key, 'ours'))));
    const all = await test.readAll();
    const placesOf = (value: string): [string, number][] =>
      all
        .filter((record) => String(record.value) === value)
        .map(({ key, partition }): [string, number] => [String(key), partition])
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect(placesOf('ours')).toHaveLength(100);
    // The plain client sends again what it was sure of when one partition of a new topic is not there yet.
    expect(placesOf('ours')).toEqual([...new Map(placesOf('plain'))]);
  });

  it('writes null values and names of headers that repeat', async () => {
    const test = await testTopic();
    await open(test).write({
      key: bytesOf('a'),
      value: null,
      headers: [
        ['twice', bytesOf('b')],
        ['once', bytesOf('')],
        ['twice', bytesOf('c')],
      ],
    });
    const [record] = await test.readAll();
    expect(record).toMatchObject({ value: null, headers: { twice: [Buffer.from('b'), Buffer.from('c')] } });
    expect(String(record?.headers['once'])).toBe('');
  });

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    it(`compresses with ${compression} what kafkaReader reads`, async () => {
      const test = await testTopic();
      const writer = open(test, { compression });
      const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'tile '.repeat(100)}`);
      await Promise.all(texts.map((text) => writer.write(recordOf('a', text))));
      const { brokers, topic, groupId } = test;
      const reader = kafkaReader({ brokers, topic, groupId });
      const seen = followReader(reader, ({ value }) => Buffer.from(value ?? []).toString());
      await seen.until(() => seen.records.length === 200);
      await reader.close();
      expect(seen.texts('0')).toEqual(texts);
    });
  }

  it('finds every record that is too large in a batch, and writes all the others once', async () => {
    const test = await testTopic({ configs: { 'max.message.bytes': '20000' } });
    const writer = open(test, { lingerMs: 50 });
    const sizes = Array.from({ length: 200 }, (_, i) => (i % 50 === 17 ? 30_000 : 1500));
    const results = await Promise.allSettled(sizes.map((size, i) => writer.write(recordOf(`${i}`, 'x'.repeat(size)))));
    const refused = results.flatMap((result, i) => (result.status === 'rejected' ? [[i, result.reason.code]] : []));
    expect(refused).toEqual([17, 67, 117, 167].map((i) => [i, 'RECORD_TOO_LARGE_TO_WRITE']));
    const keys = (await test.readAll()).map(({ key }) => Number(key)).toSorted((a, b) => a - b);
    expect(keys).toEqual(sizes.flatMap((size, i) => (size === 1500 ? [i] : [])));
  });

  it('writes to a topic that gets more partitions, and to one that is made anew with fewer', async () => {
    const test = await testTopic({ partitions: 3 });
    const writer = open(test);
    const write = (prefix: string): Promise<unknown> =>
      Promise.all(Array.from({ length: 60 }, (_, i) => writer.write(recordOf(`${prefix}${i}`, prefix))));
    await write('a');
    const admin = test.kafka().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: test.topic, count: 5 }] });
    await write('b');
    await waitFor('all partitions to have a leader', async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [test.topic] });
      const partitions = topics.flatMap((own) => own.partitions);
      return partitions.length === 5 && partitions.every(({ leader }) => leader >= 0);
    });
    await admin.disconnect();
    expect(await test.readAll()).toHaveLength(120);
    await makeAnew(test);
    await expect(write('c').catch(() => write('d'))).resolves.toBeDefined();
    const left = (await test.readAll()).map(({ value }) => String(value));
    expect(left.filter((value) => value === 'c' || value === 'd').length).toBeGreaterThanOrEqual(60);
  });

  it('names a topic that does not exist', async () => {
    const { brokers } = await testTopic();
    const writer = open({ brokers, topic: 'no-such-topic' } as TestTopic);
    await expect(writer.write(recordOf('a', 'b'))).rejects.toMatchObject({
      name: 'SourceError',
      code: 'TOPIC_MISSING',
      message: expect.stringContaining('no-such-topic does not exist'),
    });
  });

  it('fails a write for now when no broker can be reached', async () => {
    const writer = open({ brokers: ['127.0.0.1:1'], topic: 'tiles' } as TestTopic);
    await expect(writer.write(recordOf('a', 'b'))).rejects.toMatchObject({ code: 'WRITE_FAILED', retryable: true });
  });

  it('refuses writes once it is closed', async () => {
    const test = await testTopic();
    const writer = open(test);
    await writer.write(recordOf('a', 'b'));
    await writer.close();
    await expect(writer.write(recordOf('c', 'd'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await test.readAll()).toHaveLength(1);
  });
});
