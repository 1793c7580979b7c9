import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it } from 'vitest';
import { instruments } from '../../../src/telemetry/metrics.ts';
import { progressOf } from '../../../src/telemetry/runProgress.ts';

afterEach(() => metrics.disable());

it('counts what happens to tiles, with an SDK that was installed after the first count', async () => {
  instruments().tileSettled('acked', 1); // nobody listens yet
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(provider);
  instruments().tileSettled('acked', 2);
  instruments().tileSettled('acked', 700);
  instruments().tileSettled('dead_lettered', 1);
  instruments().stageEnded('upload', 0.2, false);
  instruments().stageEnded('upload', 0.2, true);
  instruments().inFlight(3);
  instruments().inFlight(-1);
  instruments().retried('upload');
  instruments().mapIgnored('tiles');
  instruments().committed('tiles');
  instruments().commitFailed('tiles');
  instruments().behind('tiles', 40);
  instruments().behind('tiles', 2.5);
  await provider.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  await provider.shutdown();
  const points = Object.fromEntries(
    found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ attributes, value }) => [
        ...Object.values(attributes),
        typeof value === 'number' ? value : value.count,
      ]),
    ]),
  );
  expect(points).toEqual({
    'swath.tiles': [
      ['acked', 2],
      ['dead_lettered', 1],
    ],
    'swath.tile.duration': [
      ['acked', 2],
      ['dead_lettered', 1],
    ],
    'swath.stage.duration': [
      ['upload', 'ok', 1],
      ['upload', 'failed', 1],
    ],
    'swath.in_flight': [[2]],
    'swath.retries': [['upload', 1]],
    'swath.lag': [['tiles', 2.5]],
    'swath.map.ignored': [['tiles', 1]],
    'swath.commits': [
      ['tiles', 'ok', 1],
      ['tiles', 'failed', 1],
    ],
  });
  const durations = found.find(({ descriptor }) => descriptor.name === 'swath.tile.duration');
  expect(durations?.dataPoints[0]?.value).toMatchObject({
    buckets: { boundaries: expect.arrayContaining([0.005, 900]) as number[] },
  });
});

it('keeps the counters of a run by its drain signal', () => {
  const drain = new AbortController().signal;
  progressOf(drain).read += 2;
  expect(progressOf(drain)).toEqual({
    read: 2,
    acked: 0,
    deadLettered: 0,
    redelivered: 0,
    skipped: 0,
    inFlight: 0,
    takenAway: 0,
    mapsIgnored: 0,
    partitions: 0,
    sources: 0,
    caughtUp: 0,
    turns: 0,
  });
  expect(progressOf(new AbortController().signal).read).toBe(0);
});
