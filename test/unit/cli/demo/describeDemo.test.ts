import { expect, it } from 'vitest';
import { describeDemo } from '../../../../src/cli/demo/describeDemo.ts';

const summary = {
  tiles: { read: 1200, written: 1200, deadLettered: 0 },
  detections: 3273,
  seconds: 5.141,
  tilesPerSecond: 233.4,
  calls: {},
  callsPerTile: 3.21,
  latencyMs: { p50: 215.8, p95: 883.4, max: 2568 },
  exampleTrace: null,
};

it('sums a run up in three lines', () => {
  expect(describeDemo(summary, 'some/out')).toBe(
    '1,200 tiles, 3,273 detections in 5.1 s\n3.2 calls per tile; latency of a tile 0.2 s in the middle, 0.9 s for 95 %\nOpen some/out/index.html',
  );
});

it('counts one as one', () => {
  const one = { ...summary, tiles: { read: 1, written: 1, deadLettered: 0 }, detections: 1 };
  expect(describeDemo(one, 'out')).toMatch(/^1 tile, 1 detection in/);
});
