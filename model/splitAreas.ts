import type { AreaMap } from './areaMap.ts';
import type { PixelBox } from './detectionResult.ts';

/**
 * Splits the areas that are wider or higher than `maxExtent` along the dim lines between their bright spots.
 *
 * Each pixel climbs to its brightest neighbour, and on, for at most half of `maxExtent` steps; pixels that arrive
 * at the same place form a part. So no part is larger than about `maxExtent`, and it depends on its surroundings only:
 * a conurbation falls into the same parts wherever a picture is cut into tiles.
 *
 * @param boxes - Box of each area, from number 1.
 * @param maxExtent - Pixels.
 */
export function splitAreas(areas: AreaMap, boxes: readonly PixelBox[], maxExtent: number): AreaMap {
  const { width } = areas;
  const labels = Int32Array.from(areas.labels);
  const numberOf = new Map<number, number>(); // of the part, by the pixel its pixels arrive at
  let count = areas.count;
  for (const [i, box] of boxes.entries()) {
    if (Math.max(box.width, box.height) <= maxExtent) continue;
    for (let y = box.y; y < box.y + box.height; y += 1) {
      for (let at = y * width + box.x; at < y * width + box.x + box.width; at += 1) {
        if (areas.labels[at] !== i + 1) continue;
        const summit = climb(areas, at, maxExtent >> 1);
        let part = numberOf.get(summit);
        if (part === undefined) {
          count += 1;
          part = count;
          numberOf.set(summit, part);
        }
        labels[at] = part;
      }
    }
  }
  return { ...areas, labels, count };
}

function climb(areas: AreaMap, from: number, maxSteps: number): number {
  let at = from;
  for (let step = 0; step < maxSteps; step += 1) {
    const next = brightestNeighbour(areas, at);
    if (next === at) return at;
    at = next;
  }
  return at;
}

/** The brightest of a pixel and the neighbours in its area; of equals the first in reading order, so that nothing goes in circles. */
function brightestNeighbour({ width, height, labels, smooth }: AreaMap, at: number): number {
  const x = at % width;
  const y = (at - x) / width;
  let best = at;
  for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny += 1) {
    for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx += 1) {
      const next = ny * width + nx;
      if (labels[next] !== labels[at]) continue;
      const difference = (smooth[next] ?? 0) - (smooth[best] ?? 0);
      if (difference > 0 || (difference === 0 && next < best)) best = next;
    }
  }
  return best;
}
