import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeOffsetMap, encodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import type { KafkaCluster, TopicOptions } from '../../support/kafka/kafkaCluster.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { type TestTopic, testTopic } from '../testTopic.ts';
import { commitAs } from './commitAs.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `tile ${i}`);
const upTo = (from: number, end: number, partition = 0): string[] =>
  Array.from({ length: end - from }, (_, i) => `${partition}/${from + i}`);

describe('the log and what is committed beside it', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    const properties = { 'offset.metadata.max.bytes': '8192', 'log.cleaner.backoff.ms': '100' };
    cluster = await startKafka({ properties });
  });
  afterAll(() => cluster?.close());
  const topics = async (options: TopicOptions = {}) => ({
    input: await testTopic(options, cluster.brokers),
    output: await testTopic({}, cluster.brokers),
  });
  const move = (
    { input, output }: { input: TestTopic; output: TestTopic },
    options: Partial<Parameters<typeof moveTiles>[0]> = {},
  ) => {
    const { brokers, groupId, topic } = input;
    return moveTiles({ brokers, groupId, topic, output: output.topic, ...options });
  };

  it('restores the map before the first tile is released', async () => {
    const both = await topics();
    await both.input.append(0, numbered(20));
    await commitAs(both.input, 0, 5, encodeOffsetMap({ finished: [1, 3, 14], clean: false }));
    const moving = move(both);
    await waitFor('the rest', () => moving.written.length >= 12);
    await moving.drain();
    expect(moving.begun).toEqual(upTo(5, 20).filter((place) => !['0/6', '0/8', '0/19'].includes(place)));
    expect(moving.progress).toMatchObject({ skipped: 3, mapsIgnored: 0 });
    expect(await both.input.committed(0)).toMatchObject({ offset: '20' });
  });

  const map = encodeOffsetMap({ finished: [1, 3], clean: false });
  const foreign = {
    'text of another program': 'consumed by nightly-job@host-3',
    'a map with a character changed': map.replace(/.(?=.{3}$)/, (c) => (c === 'A' ? 'B' : 'A')),
    'a map cut short': map.slice(0, -2),
    '4,097 characters that begin as a map does': map + 'A'.repeat(4097 - map.length),
  };
  for (const [what, metadata] of Object.entries(foreign)) {
    it(`ignores ${what}, counts it, and begins where the commit stands`, async () => {
      using caught = catchWarnings();
      const both = await topics();
      await both.input.append(0, numbered(20));
      await commitAs(both.input, 0, 5, metadata);
      expect((await both.input.committed(0)).metadata).toBe(metadata);
      const moving = move(both);
      await waitFor('the rest', () => moving.written.length === 15);
      await moving.drain();
      expect(moving.begun).toEqual(upTo(5, 20));
      expect(moving.progress).toMatchObject({ skipped: 0, mapsIgnored: 1 });
      expect(caught.warnings).toContainEqual(
        expect.stringMatching(`${both.input.topic}/0 carries metadata that is not`),
      );
    });
  }

  it('goes on over offsets that compaction took, those in the map and above it too', async () => {
    const eager = { 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01', 'delete.retention.ms': '100' };
    const both = await topics({ configs: { 'cleanup.policy': 'compact', ...eager, 'max.compaction.lag.ms': '200' } });
    const keyed = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: `key ${(from + i) % 10}`, value: `tile ${from + i}` }));
    await both.input.append(0, keyed(0, 40));
    const stuck = Promise.withResolvers<void>();
    const first = move(both, {
      work: ({ id }) => (Number(id.split('-').at(-1)) % 4 === 0 ? stuck.promise : Promise.resolve()),
    });
    await waitFor('what is not stuck', () => first.written.length === 30);
    await waitFor('the map', async () => {
      const { metadata } = await both.input.committed(0);
      return decodeOffsetMap(metadata ?? '')?.finished.length === 30;
    });
    first.abandon();
    await waitFor('compaction', async () => {
      await both.input.append(0, keyed(0, 1)); // a new segment, so that the one before may be compacted
      return (await both.input.readAll()).filter(({ offset }) => Number(offset) < 40).length < 15;
    });
    const second = move(both);
    const last = (await placesOf(both.input)).at(-1) ?? ''; // never compacted: the newest of its key
    await waitFor('the last', () => second.written.includes(last));
    await second.drain();
    const left = (await placesOf(both.input)).filter((place) => !first.written.includes(place));
    expect(left.filter((place) => !second.written.includes(place))).toEqual([]);
    expect(second.begun.filter((place) => first.written.includes(place))).toEqual([]);
    const { repeated } = countOrigins([...first.written, ...second.written], await originsOf(both.output));
    expect([...repeated]).toEqual([]);
  });

  it('warns, counts and goes on when retention moved past what is committed', async () => {
    using caught = catchWarnings();
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    metrics.setGlobalMeterProvider(provider);
    const both = await topics();
    await both.input.append(0, numbered(30));
    await commitAs(both.input, 0, 5, encodeOffsetMap({ finished: [20], clean: true }));
    await both.input.deleteBefore(0, 12);
    const moving = move(both);
    await waitFor('the rest', () => moving.written.length === 17);
    await moving.drain();
    await provider.forceFlush();
    const points = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    await provider.shutdown();
    metrics.disable();
    expect(moving.begun).toEqual(upTo(12, 30).filter((place) => place !== '0/25'));
    expect(caught.warnings).toContainEqual(
      expect.stringContaining('the records from 5 to 11 were deleted before they were read'),
    );
    const missed = points.filter(({ descriptor }) => descriptor.name === 'swath.records.missed').at(-1);
    expect(missed?.dataPoints.map(({ value }) => value)).toEqual([7]);
    expect(await both.input.committed(0)).toMatchObject({ offset: '30' });
  });

  it('reads partitions that are added while it reads, and minds an empty one', async () => {
    const both = await topics({ partitions: 2 });
    await both.input.append(0, numbered(5));
    const moving = move(both);
    await waitFor('the first', () => moving.written.length === 5);
    const admin = both.input.kafka().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: both.input.topic, count: 3 }] });
    await admin.disconnect();
    await both.input.append(2, numbered(5));
    await waitFor('those of the new partition', () => moving.written.length === 10);
    expect(moving.begun.slice(5)).toEqual(upTo(0, 5, 2));
    expect(moving.progress.partitions).toBe(3);
    await both.input.append(1, ['first']);
    await waitFor('the first of the empty one', () => moving.written.includes('1/0'));
    await moving.drain();
    const { lost, repeated } = countOrigins(await placesOf(both.input), await originsOf(both.output));
    expect({ lost, repeated: [...repeated] }).toEqual({ lost: [], repeated: [] });
    expect((await both.input.committed(1)).offset).toBe('1');
  });
});
