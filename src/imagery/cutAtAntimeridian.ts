import type { Position, Ring } from './detectionFeature.ts';

/** A stretch of the ring on one side, and where on the antimeridian it begins and ends (latitudes). */
interface Stretch {
  readonly positions: Position[];
  readonly entry: number;
  readonly exit: number;
}

/**
 * Cuts a closed counterclockwise ring, whose longitudes may go on beyond 180, into rings with longitudes from -180 to 180.
 *
 * One ring comes back unless it really crosses the antimeridian.
 */
export function cutAtAntimeridian(ring: Ring): Ring[] {
  if (ring.every(([lon]) => lon <= 180)) return [ring];
  if (ring.every(([lon]) => lon >= 180)) return [ring.map(toWest)];
  const sides = stretches(ring);
  return [...join(sides.east), ...join(sides.west).map((part) => part.map(toWest))];
}

function toWest([lon, lat]: Position): Position {
  return [Math.round((lon - 360) * 1e7) / 1e7, lat];
}

/** Walks the ring once, starting where it crosses, and collects the stretches up to 180 (east) and beyond (west). */
function stretches(ring: Ring): { east: Stretch[]; west: Stretch[] } {
  const open = ring.slice(0, -1);
  const isBeyond = (i: number): boolean => (open[i % open.length]?.[0] ?? 0) > 180;
  const start = open.findIndex((_, i) => isBeyond(i) !== isBeyond(i + 1));
  const sides = { east: [] as Stretch[], west: [] as Stretch[] };
  let entry = crossing(open, start);
  let positions: Position[] = [];
  for (let i = start + 1; i <= start + open.length; i += 1) {
    const position = open[i % open.length];
    if (position !== undefined) positions.push(position);
    if (isBeyond(i) === isBeyond(i + 1)) continue;
    const exit = crossing(open, i);
    sides[isBeyond(i) ? 'west' : 'east'].push({ positions, entry, exit });
    entry = exit;
    positions = [];
  }
  return sides;
}

/** Latitude at which the edge from that position to the next crosses 180. */
function crossing(open: Ring, i: number): number {
  const [x0, y0] = open[i % open.length] ?? [0, 0];
  const [x1, y1] = open[(i + 1) % open.length] ?? [0, 0];
  return Math.round((y0 + ((180 - x0) / (x1 - x0)) * (y1 - y0)) * 1e7) / 1e7;
}

/** Closes the stretches of one side along the antimeridian: its crossings, by latitude, pair up, since the ring is simple. */
function join(stretchesOfSide: readonly Stretch[]): Ring[] {
  const ends = stretchesOfSide.flatMap((stretch) => [
    { stretch, lat: stretch.entry, isEntry: true },
    { stretch, lat: stretch.exit, isEntry: false },
  ]);
  ends.sort((a, b) => a.lat - b.lat);
  const left = new Set(stretchesOfSide);
  const rings: Ring[] = [];
  for (const first of stretchesOfSide) {
    const ring: Position[] = [];
    let stretch: Stretch | undefined = first;
    while (stretch !== undefined && left.delete(stretch)) {
      ring.push([180, stretch.entry], ...stretch.positions, [180, stretch.exit]);
      const at = ends.findIndex((end) => end.stretch === stretch && !end.isEntry);
      stretch = ends[at ^ 1]?.stretch;
    }
    if (ring.length > 0) rings.push(close(ring));
  }
  return rings;
}

function close(ring: Position[]): Ring {
  const distinct = ring.filter(([x, y], i) => {
    const [lastX, lastY] = ring.at(i - 1) ?? [];
    return x !== lastX || y !== lastY;
  });
  return distinct[0] === undefined ? [] : [...distinct, distinct[0]];
}
