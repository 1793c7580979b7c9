import { describe, expect, it } from 'vitest';
import { readSpans } from '../../../../src/cli/report/readSpans.ts';
import { summarize } from '../../../../src/cli/report/summarize.ts';
import { tileLatencies } from '../../../../src/cli/report/tileLatencies.ts';
import { sampleSpans } from '../../../support/report/sampleSpans.ts';

const tiles = { read: 4, written: 3, deadLettered: 1 };
const latency = (ms: number) => ({ tileId: `t${ms}`, traceId: `trace${ms}`, ms });

describe('summarize', () => {
  it('counts requests per tile, and takes the tile in the middle for the example', () => {
    const latencies = [10, 20, 30, 40].map(latency);
    const calls = { 's3.GetObject': 9, 'sagemaker.InvokeEndpointAsync': 4 };
    expect(summarize({ tiles, detections: 7, elapsedMs: 1500, calls, latencies })).toEqual({
      tiles,
      detections: 7,
      seconds: 1.5,
      tilesPerSecond: 2,
      calls,
      callsPerTile: 3.25,
      latencyMs: { p50: 20, p95: 40, max: 40 },
      exampleTrace: 'trace20',
    });
  });

  it('sums up a run in which nothing happened', () => {
    const none = { read: 0, written: 0, deadLettered: 0 };
    expect(summarize({ tiles: none, detections: 0, elapsedMs: 0, calls: {}, latencies: [] })).toMatchObject({
      tilesPerSecond: 0,
      callsPerTile: 0,
      latencyMs: { p50: 0, p95: 0, max: 0 },
      exampleTrace: null,
    });
  });
});

describe('tileLatencies', () => {
  it('takes one of each tile, the fastest first', () => {
    const latencies = tileLatencies(sampleSpans(50).flatMap(readSpans));
    expect(latencies).toHaveLength(50);
    expect(new Set(latencies.map(({ tileId }) => tileId)).size).toBe(50);
    expect(latencies.map(({ ms }) => ms)).toEqual(latencies.map(({ ms }) => ms).toSorted((a, b) => a - b));
  });
});
