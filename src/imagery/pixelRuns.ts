import type { Ring } from './detectionFeature.ts';

/** Stretches of pixels by row: in each, beginnings (inclusive) and ends (exclusive) of columns take turns. */
export type PixelRuns = ReadonlyMap<number, readonly number[]>;

/** Lists the pixels whose centres lie inside a closed ring of pixel coordinates. */
export function pixelRuns(ring: Ring): PixelRuns {
  const crossings = new Map<number, number[]>();
  for (const [i, [x0, y0]] of ring.entries()) {
    const [x1, y1] = ring[i + 1] ?? [x0, y0];
    const [upper, lower] = y0 < y1 ? [y0, y1] : [y1, y0];
    for (let row = Math.ceil(upper - 0.5); row + 0.5 < lower; row += 1) {
      const x = x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0);
      const columns = crossings.get(row) ?? [];
      columns.push(Math.ceil(x - 0.5));
      crossings.set(row, columns);
    }
  }
  for (const columns of crossings.values()) columns.sort((a, b) => a - b);
  return crossings;
}

/** Counts the pixels that two lists of runs share. */
export function sharedPixels(a: PixelRuns, b: PixelRuns): number {
  let shared = 0;
  for (const [row, runsOfA] of a) {
    const runsOfB = b.get(row) ?? [];
    for (let i = 0; i + 1 < runsOfA.length; i += 2) {
      for (let j = 0; j + 1 < runsOfB.length; j += 2) {
        const from = Math.max(runsOfA[i] ?? 0, runsOfB[j] ?? 0);
        const to = Math.min(runsOfA[i + 1] ?? 0, runsOfB[j + 1] ?? 0);
        shared += Math.max(0, to - from);
      }
    }
  }
  return shared;
}
