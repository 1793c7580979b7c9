import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { KafkaReaderOptions } from '../../src/config/kafkaReaderOptions.ts';
import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import type { Assignment, RecordReader } from '../../src/ports/recordReader.ts';
import type { StreamRecord } from '../../src/tile/streamRecord.ts';
import { type Following, followReader } from '../support/contracts/followReader.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const textOf = ({ value }: StreamRecord): string => (value === null ? '(null)' : Buffer.from(value).toString());
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `tile ${i}`);

describe('kafkaReader', { timeout: 30_000 }, () => {
  const opened: RecordReader<StreamRecord>[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((reader) => reader.close()));
  });
  const open = (
    { brokers, topic, groupId }: TestTopic,
    options: Partial<KafkaReaderOptions> = {},
  ): { reader: RecordReader<StreamRecord>; seen: Following } => {
    const reader = kafkaReader({ brokers, topic, groupId, sessionTimeoutMs: 6000, ...options });
    opened.push(reader);
    return { reader, seen: followReader(reader, textOf) };
  };

  it('keeps maps of 4069 characters beside the topic’s id, and commits without a map that is longer', async () => {
    const test = await testTopic({ partitions: 2 });
    await test.append(0, numbered(3));
    await test.append(1, numbered(3));
    const { reader, seen } = open(test);
    await seen.until(() => seen.records.length === 6);
    const commit = (partition: string, nextSlot: number, map: string) => ({
      ...{ partition, epoch: seen.epoch(partition), nextSlot, map },
      ...{ position: String(nextSlot - 1), nextPosition: String(nextSlot) },
    });
    await reader.commit([commit('0', 1, 'm'.repeat(4069)), commit('1', 2, 'x'.repeat(4070))]);
    expect(await test.committed(0)).toMatchObject({ offset: '1', metadata: 'm'.repeat(4069) });
    expect(await test.committed(1)).toMatchObject({ offset: '2', metadata: null });
  });

  it('hands over values, keys and headers as they are, null and empty ones and large ones too', async () => {
    const test = await testTopic({ configs: { 'max.message.bytes': '6000000' } });
    const large = Buffer.alloc(3_000_000, 7);
    const headers = { ce_id: 'a', twice: ['b', 'c'], bytes: Buffer.from([0, 255]) };
    await test.append(0, [{ value: null, key: 'gone' }, { value: '' }]);
    await test.append(0, [{ value: large }]);
    await test.append(0, [
      { value: Buffer.from([0, 255, 10]), key: Buffer.from([1, 2]), headers, timestamp: '1700000000123' },
    ]);
    const { brokers, topic, groupId } = test;
    const reader = kafkaReader({ brokers, topic, groupId });
    opened.push(reader);
    const got: { bytes: number; value: StreamRecord }[] = [];
    const events = {
      assigned: () => undefined,
      revoked: () => undefined,
      caughtUp: () => undefined,
      failed: () => undefined,
      progressAfter: () => undefined,
    };
    for await (const { records } of reader.read(events, new AbortController().signal)) {
      if (got.push(...records) >= 4) break;
    }
    const [gone, empty, third, fourth] = got.map(({ value }) => value);
    expect(gone).toMatchObject({ key: Buffer.from('gone'), value: null, headers: [] });
    expect(empty).toMatchObject({ key: null, value: Buffer.alloc(0) });
    expect(Buffer.compare(third?.value ?? Buffer.alloc(0), large)).toBe(0);
    expect(got[2]?.bytes).toBe(3_000_000);
    expect(fourth).toMatchObject({
      key: Buffer.from([1, 2]),
      value: Buffer.from([0, 255, 10]),
      timestampMs: 1_700_000_000_123,
    });
    expect(fourth?.headers.map(([name, content]) => [name, Buffer.from(content).toString('latin1')])).toEqual([
      ['ce_id', 'a'],
      ['twice', 'b'],
      ['twice', 'c'],
      ['bytes', '\u0000\u00ff'],
    ]);
  });

  it('keeps what stays its own when the group is formed anew, and gives up the rest', async () => {
    const test = await testTopic({ partitions: 4 });
    for (const partition of [0, 1, 2, 3]) await test.append(partition, numbered(5));
    const first = open(test);
    await first.seen.until(() => first.seen.records.length === 20);
    const before = new Map(first.seen.assigned.map(({ partition, epoch }) => [partition, epoch]));
    const commitTo = (partition: string, nextSlot: number, epoch: number) =>
      first.reader.commit([
        {
          partition,
          epoch,
          nextSlot,
          position: String(nextSlot - 1),
          nextPosition: String(nextSlot),
          map: `map ${nextSlot}`,
        },
      ]);
    for (const [partition, epoch] of before) await commitTo(partition, 2, epoch);

    const second = open(test);
    await second.seen.until(() => second.seen.assigned.length === 2);
    await first.seen.until(() => first.seen.revoked.length === 2 && first.seen.assigned.length === 6);
    const lost = first.seen.revoked;
    const kept = first.seen.assigned.slice(4).map(({ partition }) => partition);
    expect([...lost, ...kept].toSorted()).toEqual(['0', '1', '2', '3']);
    expect(second.seen.assigned.map(({ partition }) => partition).toSorted()).toEqual(lost.toSorted());
    for (const { progress } of second.seen.assigned) expect(progress).toEqual({ nextSlot: 2, map: 'map 2' });
    for (const partition of kept) expect(first.seen.epoch(partition)).toBeGreaterThan(before.get(partition) ?? 0);
    for (const partition of lost) await commitTo(partition, 4, before.get(partition) ?? 0);
    for (const partition of kept) await commitTo(partition, 4, before.get(partition) ?? 0);
    for (const partition of kept) await commitTo(partition, 3, first.seen.epoch(partition));
    for (const partition of lost) expect((await test.committed(partition)).offset).toBe('2');
    for (const partition of kept) expect((await test.committed(partition)).offset).toBe('3');

    await second.seen.until(() => second.seen.records.length === 6);
    await second.seen.stop();
    await second.reader.close();
    await first.seen.until(() => first.seen.assigned.length === 10);
    for (const partition of lost) expect(first.seen.epoch(partition)).toBeGreaterThan(0);
    await test.append(Number(lost[0]), ['new']);
    await first.seen.until(() => first.seen.texts(lost[0] ?? '').includes('new'));
  });

  it('moves no more partitions than it must when a third member joins', async () => {
    const test = await testTopic({ partitions: 6 });
    for (let partition = 0; partition < 6; partition++) await test.append(partition, ['tile']);
    const [first, second, third] = [1, 2, 3].map(() => {
      const reader = kafkaReader({
        brokers: test.brokers,
        topic: test.topic,
        groupId: test.groupId,
        sessionTimeoutMs: 6000,
      });
      opened.push(reader);
      return reader;
    });
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
    const a = followReader(first, textOf);
    await a.until(() => a.assigned.length === 6);
    const b = followReader(second, textOf);
    await b.until(() => b.assigned.length === 3);
    await a.until(() => a.revoked.length === 3 && a.assigned.length === 9);
    const c = followReader(third, textOf);
    await c.until(() => c.assigned.length === 2);
    await a.until(() => a.assigned.length === 11);
    await b.until(() => b.assigned.length === 5);
    expect([a, b, c].map(({ revoked }) => revoked.length)).toEqual([4, 1, 0]);
  });

  it('shares a group with the reader of another topic', async () => {
    const one = await testTopic({ partitions: 2 });
    const other = await testTopic({ partitions: 2 });
    for (const partition of [0, 1]) {
      await one.append(partition, ['one']);
      await other.append(partition, ['other']);
    }
    const first = open(one);
    await first.seen.until(() => first.seen.records.length === 2);
    const second = open({ ...other, groupId: one.groupId });
    await second.seen.until(() => second.seen.records.length === 2);
    expect(first.seen.revoked).toEqual([]);
    expect(second.seen.records.map(({ text }) => text)).toEqual(['other', 'other']);
  });

  it('stays a member while every partition rests longer than the session', async () => {
    const test = await testTopic({ partitions: 2 });
    await test.append(0, numbered(2000));
    await test.append(1, numbered(2000));
    const { brokers, topic, groupId } = test;
    const reader = kafkaReader({ brokers, topic, groupId, sessionTimeoutMs: 1000, bufferBytes: 10_000 });
    opened.push(reader);
    const log: string[] = [];
    const events = {
      assigned: () => log.push('assigned'),
      revoked: () => log.push('revoked'),
      caughtUp: () => undefined,
      failed: () => undefined,
      progressAfter: () => undefined,
    };
    let read = 0;
    for await (const { records } of reader.read(events, new AbortController().signal)) {
      if (read === 0) await sleep(4000);
      read += records.length;
      if (read === 4000) break;
    }
    expect(log).toEqual(['assigned', 'assigned']);
  });

  it('reads on over offsets that are not records: markers and aborted transactions', async () => {
    const test = await testTopic();
    const producer = test.kafka().producer({ idempotent: true, transactionalId: test.topic, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [text, end] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'abort'],
      ['d', 'commit'],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: test.topic, messages: [{ value: text }] });
      await transaction[end]();
    }
    await producer.disconnect();
    const { seen } = open(test);
    await seen.until(() => seen.records.length === 2);
    await test.append(0, ['e']);
    await seen.until(() => seen.records.length === 3);
    expect(seen.texts('0')).toEqual(['a', 'd', 'e']);
    expect(seen.records.map(({ slot }) => slot)).toEqual([0, 6, 8]);
  });

  it('goes on with the oldest record left when what was committed is deleted', async () => {
    const test = await testTopic();
    await test.append(0, numbered(10));
    const first = open(test);
    await first.seen.until(() => first.seen.records.length === 10);
    await first.reader.commit([
      { partition: '0', epoch: first.seen.epoch('0'), nextSlot: 2, position: '1', nextPosition: '2', map: 'map' },
    ]);
    await first.seen.stop();
    await first.reader.close();
    await test.deleteBefore(0, 6);
    const { seen } = open(test);
    await seen.until(() => seen.records.length === 4);
    expect(seen.records.map(({ slot }) => slot)).toEqual([6, 7, 8, 9]);
    expect(seen.assigned[0]?.progress).toEqual({ nextSlot: 2, map: 'map' });
  });

  it('goes on with the oldest record left when what is next is deleted while it reads', async () => {
    const test = await testTopic();
    const value = Buffer.alloc(2000);
    for (let n = 0; n < 6; n++)
      await test.append(
        0,
        Array.from({ length: 500 }, () => ({ value })),
      );
    const { brokers, topic, groupId } = test;
    const reader = kafkaReader({ brokers, topic, groupId, bufferBytes: 1000 });
    opened.push(reader);
    const slots: number[] = [];
    let epoch = 0;
    const events = {
      assigned: (assignment: Assignment) => (epoch = assignment.epoch),
      revoked: () => undefined,
      caughtUp: () => undefined,
      failed: () => undefined,
      progressAfter: () => undefined,
    };
    for await (const { records } of reader.read(events, new AbortController().signal)) {
      if (slots.length === 0) await test.deleteBefore(0, 2500);
      slots.push(...records.map(({ slot }) => slot));
      if (slots.at(-1) === 2999) break;
    }
    expect(slots.length).toBeLessThan(3000);
    expect(slots.slice(-500)).toEqual(Array.from({ length: 500 }, (_, i) => 2500 + i));
    await reader.commit([
      { partition: '0', epoch, nextSlot: 2600, position: '2599', nextPosition: '2600', map: 'map' },
    ]);
    expect(await test.committed(0)).toMatchObject({ offset: '2600', metadata: 'map' });
  });

  it('starts at the end where it is told to and nothing is committed', async () => {
    const test = await testTopic();
    await test.append(0, numbered(10));
    const { seen } = open(test, { from: 'latest' });
    await seen.until(() => seen.assigned.length === 1);
    await test.append(0, ['new']);
    await seen.until(() => seen.records.length === 1);
    expect(seen.texts('0')).toEqual(['new']);
  });

  it('reads partitions that are added while it reads', async () => {
    const test = await testTopic();
    await test.append(0, ['a']);
    const { seen } = open(test);
    await seen.until(() => seen.records.length === 1);
    const admin = test.kafka().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: test.topic, count: 2 }] });
    await admin.disconnect();
    await test.append(1, ['b']);
    const other = open(test); // the client asks for new partitions every five minutes, and when the group is formed
    await other.seen.until(() => other.seen.records.length === 1);
    expect(other.seen.texts('1')).toEqual(['b']);
  });

  it('names a topic that does not exist', async () => {
    const { brokers, groupId } = await testTopic();
    const { seen } = open({ brokers, groupId, topic: 'no-such-topic' } as TestTopic);
    await expect(seen.until(() => false)).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      stream: 'no-such-topic',
      message: expect.stringContaining('no-such-topic does not exist'),
    });
  });

  it('names brokers that cannot be reached', async () => {
    const { seen } = open({ brokers: ['127.0.0.1:1'], groupId: 'g', topic: 'tiles' } as TestTopic);
    await expect(seen.until(() => false)).rejects.toMatchObject({
      code: 'CONNECTION',
      retryable: true,
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('can be stopped while it tries to connect', async () => {
    const { reader, seen } = open({ brokers: ['127.0.0.1:1'], groupId: 'g', topic: 'tiles' } as TestTopic);
    await seen.stop();
    await reader.close();
    expect(seen.log).toEqual([]);
  });
});
