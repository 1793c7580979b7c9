import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PixelPoint } from '../../../model/detectionResult.ts';
import { traceOutline } from '../../../model/traceOutline.ts';

/** Traces an area drawn with `#`. */
const trace = (...rows: string[]): PixelPoint[] => {
  const inside = (x: number, y: number): boolean => rows[y]?.[x] === '#';
  const y = rows.findIndex((row) => row.includes('#'));
  return traceOutline(inside, { x: rows[y]?.indexOf('#') ?? 0, y });
};
/** Twice the area by the shoelace formula, positive for clockwise on the screen. */
const doubleArea = (ring: readonly PixelPoint[]): number =>
  ring.reduce((sum, { x, y }, i) => {
    const next = ring[(i + 1) % ring.length] ?? { x, y };
    return sum + x * next.y - next.x * y;
  }, 0);

describe('traceOutline', () => {
  it('goes round one pixel', () => {
    expect(trace('#')).toEqual([
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
      { x: 0, y: 0 },
    ]);
  });

  it('goes along edges, into bays, past holes', () => {
    expect(doubleArea(trace('###.', '#.##', '####', '.##.'))).toBe(2 * (12 + 1));
    expect(doubleArea(trace('#.#', '#.#', '###'))).toBe(2 * 7);
  });

  it('passes beside a corner where two pixels meet at it alone', () => {
    const ring = trace('#.', '.#');
    expect(ring).toHaveLength(10);
    expect(doubleArea(ring)).toBeCloseTo(2 * 2.0625, 10);
  });

  it('never touches itself and holds every pixel of the area', () => {
    const grid = fc.array(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), { minLength: 7, maxLength: 7 });
    const property = fc.property(grid, (cells) => {
      const rows = connected(cells);
      const ring = trace(...rows);
      const keys = ring.map(({ x, y }) => `${x},${y}`);
      expect(new Set(keys).size).toBe(keys.length);
      const pixels = rows.join('').split('#').length - 1;
      expect(doubleArea(ring)).toBeGreaterThanOrEqual(2 * pixels);
      expect(ring.some((a, i) => ring.some((b, j) => j > i && cross(a, next(ring, i), b, next(ring, j))))).toBe(false);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

const next = (ring: readonly PixelPoint[], i: number): PixelPoint => ring[(i + 1) % ring.length] ?? { x: 0, y: 0 };

/** Whether two segments share a point, unless they follow each other. */
function cross(a: PixelPoint, b: PixelPoint, c: PixelPoint, d: PixelPoint): boolean {
  if ([c, d].some((p) => [a, b].some((q) => p.x === q.x && p.y === q.y))) return false;
  const side = (p: PixelPoint, q: PixelPoint, r: PixelPoint): number =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  const apart =
    Math.max(a.x, b.x) < Math.min(c.x, d.x) ||
    Math.max(c.x, d.x) < Math.min(a.x, b.x) ||
    Math.max(a.y, b.y) < Math.min(c.y, d.y) ||
    Math.max(c.y, d.y) < Math.min(a.y, b.y);
  return !apart && side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/** The part of a grid that hangs together, by edges or corners, with its first cell in reading order. */
function connected(cells: readonly (readonly boolean[])[]): string[] {
  const rows = cells.map((row) => [...row]);
  if (!rows.flat().includes(true)) rows[0]?.fill(true);
  const y = rows.findIndex((row) => row.includes(true));
  const open = [[rows[y]?.indexOf(true) ?? 0, y]];
  const seen = new Set<string>();
  for (const [cx = 0, cy = 0] of open) {
    if (!rows[cy]?.[cx] || seen.has(`${cx},${cy}`)) continue;
    seen.add(`${cx},${cy}`);
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) open.push([cx + dx, cy + dy]);
  }
  return rows.map((row, ry) => row.map((_, rx) => (seen.has(`${rx},${ry}`) ? '#' : '.')).join(''));
}
