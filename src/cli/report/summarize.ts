import type { Summary } from './summary.ts';
import { latencyAt, medianTile, type TileLatency } from './tileLatencies.ts';

/** What a run counted. */
export interface RunCounts {
  readonly tiles: Summary['tiles'];
  readonly detections: number;
  readonly elapsedMs: number;
  readonly calls: Readonly<Record<string, number>>;
  /** The fastest first. */
  readonly latencies: readonly TileLatency[];
}

/** Sums a run up. */
export function summarize({ tiles, detections, elapsedMs, calls, latencies }: RunCounts): Summary {
  const requests = Object.values(calls).reduce((sum, each) => sum + each, 0);
  const seconds = elapsedMs / 1000;
  return {
    tiles,
    detections,
    seconds: rounded(seconds),
    tilesPerSecond: rounded(seconds > 0 ? tiles.written / seconds : 0),
    calls,
    callsPerTile: rounded(tiles.read > 0 ? requests / tiles.read : 0),
    latencyMs: {
      p50: rounded(latencyAt(latencies, 0.5)),
      p95: rounded(latencyAt(latencies, 0.95)),
      max: rounded(latencyAt(latencies, 1)),
    },
    exampleTrace: medianTile(latencies)?.traceId ?? null,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
