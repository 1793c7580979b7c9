import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';

type Ring = readonly (readonly number[])[];
const degreeKm = 111.195;

/** Land of the earth (Natural Earth, 1:10 million), drawn on a grid of so many rows, twice as many columns. */
export class LandMask {
  readonly #rows: number;
  readonly #cells: Uint8Array;

  constructor(rows: number) {
    this.#rows = rows;
    this.#cells = new Uint8Array(2 * rows * rows);
    for (const polygon of landPolygons()) this.#draw(polygon);
  }

  /** Whether land lies within that many kilometres, to about half a cell. */
  isNear([lon, lat]: readonly [number, number], km: number): boolean {
    const cellDegrees = 180 / this.#rows;
    const row = Math.floor((90 - lat) / cellDegrees);
    const column = Math.floor((lon + 180) / cellDegrees);
    const narrowing = Math.cos((lat * Math.PI) / 180);
    const rows = Math.ceil(km / degreeKm / cellDegrees);
    const columns = Math.ceil(rows / Math.max(narrowing, 0.01));
    for (let dy = -rows; dy <= rows; dy += 1) {
      for (let dx = -columns; dx <= columns; dx += 1) {
        const away = Math.hypot(dx * narrowing, dy) * cellDegrees * degreeKm;
        if (away <= km + 5 && this.#isLand(column + dx, row + dy)) return true;
      }
    }
    return false;
  }

  #isLand(column: number, row: number): boolean {
    const columns = 2 * this.#rows;
    return this.#cells[row * columns + (((column % columns) + columns) % columns)] === 1;
  }

  /** Fills what lies inside by the even-odd rule, row by row. */
  #draw(rings: readonly Ring[]): void {
    const crossings = new Map<number, number[]>();
    const scale = this.#rows / 180;
    for (const ring of rings.map(unwrapped)) {
      for (const [i, [lon = 0, lat = 0]] of ring.entries()) {
        const [nextLon = lon, nextLat = lat] = ring[i + 1] ?? [];
        const [y0, y1] = [(90 - lat) * scale, (90 - nextLat) * scale];
        for (let row = Math.ceil(Math.min(y0, y1) - 0.5); row + 0.5 < Math.max(y0, y1); row += 1) {
          const at = (lon + ((row + 0.5 - y0) / (y1 - y0)) * (nextLon - lon) + 180) * scale;
          crossings.set(row, [...(crossings.get(row) ?? []), at]);
        }
      }
    }
    for (const [row, columns] of crossings) {
      columns.sort((a, b) => a - b);
      for (let i = 0; i + 1 < columns.length; i += 2) this.#fill(row, columns[i] ?? 0, columns[i + 1] ?? 0);
    }
  }

  #fill(row: number, from: number, to: number): void {
    const columns = 2 * this.#rows;
    if (row < 0 || row >= this.#rows) return;
    for (let column = Math.floor(from); column < to; column += 1) {
      this.#cells[row * columns + (((column % columns) + columns) % columns)] = 1;
    }
  }
}

/** A ring that goes on beyond 180 instead of jumping, and by the pole where it goes once round the earth. */
function unwrapped(ring: Ring): Ring {
  let turns = 0;
  const out = ring.map(([lon = 0, lat = 0], i) => {
    const step = lon - (ring[i - 1]?.[0] ?? lon);
    if (Math.abs(step) > 180) turns -= Math.sign(step) * 360;
    return [lon + turns, lat] as const;
  });
  const [first, last] = [out[0], out.at(-1)];
  if (turns === 0 || first === undefined || last === undefined) return out;
  return [...out, [last[0], -90], [first[0], -90], first];
}

function landPolygons(): (readonly Ring[])[] {
  const path = createRequire(import.meta.url).resolve('world-atlas/land-10m.json');
  const topology: Parameters<typeof feature>[0] = JSON.parse(readFileSync(path, 'utf8'));
  const land = topology.objects['land'];
  if (land === undefined) throw new Error('world-atlas has land');
  const collection = feature(topology, land);
  const features = collection.type === 'FeatureCollection' ? collection.features : [collection];
  return features.flatMap(({ geometry }) => {
    if (geometry.type === 'MultiPolygon') return geometry.coordinates;
    return geometry.type === 'Polygon' ? [geometry.coordinates] : [];
  });
}
