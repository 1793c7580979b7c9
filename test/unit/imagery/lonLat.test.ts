import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellBounds } from '../../../src/imagery/cellBounds.ts';
import type { Ring } from '../../../src/imagery/detectionFeature.ts';
import { lonLatToPixel, pixelToLonLat } from '../../../src/imagery/lonLat.ts';
import { lonLatGeometry } from '../../../src/imagery/lonLatGeometry.ts';
import { sphericalAreaKm2 } from '../../../src/imagery/sphericalAreaKm2.ts';

const world = { width: 4096, height: 2048, bounds: [-180, -90, 180, 90] } as const;
const pacific = { width: 100, height: 50, bounds: [170, -20, -170, -10] } as const;

describe('pixelToLonLat', () => {
  it.each([
    [world, 0, 0, -180, 90],
    [world, 4096, 2048, 180, -90],
    [world, 2048, 1024, 0, 0],
    [world, 1024.5, 512, -89.9560547, 45],
    [pacific, 25, 25, 175, -15],
    [pacific, 75, 0, 185, -10],
  ] as const)('of %o finds %d, %d', (picture, x, y, lon, lat) => {
    expect(pixelToLonLat(picture, x, y)).toEqual([lon, lat]);
  });

  it('is undone by lonLatToPixel', () => {
    const place = fc.tuple(
      fc.constantFrom(world, pacific),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const property = fc.property(place, ([picture, u, v]) => {
      const [lon, lat] = pixelToLonLat(picture, u * picture.width, v * picture.height);
      const [x, y] = lonLatToPixel(picture, lon > 180 ? lon - 360 : lon, lat);
      expect(Math.abs(x - u * picture.width)).toBeLessThan(1e-4);
      expect(Math.abs(y - v * picture.height)).toBeLessThan(1e-4);
    });
    fc.assert(property);
  });
});

describe('cellBounds', () => {
  it('are those of a part of the picture', () => {
    expect(cellBounds({ x: 1024, y: 512, width: 2048, height: 1024 }, world)).toEqual([-90, -45, 90, 45]);
    expect(cellBounds({ x: 0, y: 0, width: 4096, height: 2048 }, world)).toEqual(world.bounds);
  });

  it('come round at the antimeridian', () => {
    expect(cellBounds({ x: 0, y: 0, width: 50, height: 50 }, pacific)).toEqual([170, -20, 180, -10]);
    expect(cellBounds({ x: 50, y: 0, width: 50, height: 50 }, pacific)).toEqual([-180, -20, -170, -10]);
    expect(cellBounds({ x: 25, y: 0, width: 50, height: 50 }, pacific)).toEqual([175, -20, -175, -10]);
  });
});

describe('lonLatGeometry', () => {
  const clockwise: Ring = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
    [0, 0],
  ];

  it('runs counterclockwise, whichever way the ring ran', () => {
    const counterclockwise = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      ],
    };
    expect(lonLatGeometry(clockwise)).toEqual(counterclockwise);
    expect(lonLatGeometry(clockwise.toReversed())).toEqual(counterclockwise);
  });

  it('comes round to the west when it lies beyond the antimeridian', () => {
    const ring = clockwise.map(([lon, lat]) => [lon + 180, lat] as const);
    expect(lonLatGeometry(ring)).toEqual({
      type: 'Polygon',
      coordinates: [
        [
          [-180, 0],
          [-179, 0],
          [-179, 1],
          [-180, 1],
          [-180, 0],
        ],
      ],
    });
  });

  it('is cut in two where it crosses the antimeridian', () => {
    const ring: Ring = [
      [179, 0],
      [182, 0],
      [182, 3],
      [179, 3],
      [179, 0],
    ];
    expect(lonLatGeometry(ring)).toEqual({
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [180, 3],
            [179, 3],
            [179, 0],
            [180, 0],
            [180, 3],
          ],
        ],
        [
          [
            [-180, 0],
            [-178, 0],
            [-178, 3],
            [-180, 3],
            [-180, 0],
          ],
        ],
      ],
    });
  });

  it('leaves every arm its own piece when it crosses more than once', () => {
    // An E whose back lies in the east and whose three arms reach across.
    const ring: Ring = [
      [178, 0],
      [182, 0],
      [182, 1],
      [179, 1],
      [179, 2],
      [182, 2],
      [182, 3],
      [179, 3],
      [179, 4],
      [182, 4],
      [182, 5],
      [178, 5],
      [178, 0],
    ];
    const geometry = lonLatGeometry(ring);
    expect(geometry.coordinates).toHaveLength(4);
    expect(area(geometry.coordinates as Ring[][])).toBeCloseTo(5 + 3 * 3, 9);
    const west = (geometry.coordinates as Ring[][]).filter(([part]) => part?.every(([lon]) => lon < 0));
    expect(west).toHaveLength(3);
  });

  it('keeps its area, its closed rings and its direction wherever it is cut', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 2,
      maxLength: 12,
    });
    const property = fc.property(steps, fc.integer({ min: 165, max: 185 }), (heights, west) => {
      const top = heights.flatMap(([, height], i) => [
        [west + i * 2, height] as const,
        [west + i * 2 + 2, height] as const,
      ]);
      const bottom = heights.flatMap(([depth], i) => [
        [west + i * 2, -depth] as const,
        [west + i * 2 + 2, -depth] as const,
      ]);
      const ring: Ring = [...bottom, ...top.toReversed(), bottom[0] ?? [0, 0]];
      const { type, coordinates } = lonLatGeometry(ring);
      const polygons = (type === 'Polygon' ? [coordinates] : coordinates) as Ring[][];
      const expected = heights.reduce((sum, [depth, height]) => sum + 2 * (depth + height), 0);
      expect(area(polygons)).toBeCloseTo(expected, 6);
      for (const part of polygons.flat()) {
        expect(part.at(0)).toEqual(part.at(-1));
        expect(part.length).toBeGreaterThanOrEqual(4);
        expect(part.every(([lon]) => lon >= -180 && lon <= 180)).toBe(true);
        expect(area([[part]])).toBeGreaterThan(0);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('sphericalAreaKm2', () => {
  it('measures the sphere', () => {
    const octant: Ring = [
      [0, 0],
      [90, 0],
      [90, 90],
      [0, 90],
      [0, 0],
    ];
    expect(sphericalAreaKm2(octant)).toBeCloseTo((4 * Math.PI * 6371.0088 ** 2) / 8, 3);
  });

  it('measures less of a degree near the pole', () => {
    const square = (lat: number): Ring => [
      [0, lat],
      [1, lat],
      [1, lat + 1],
      [0, lat + 1],
      [0, lat],
    ];
    expect(sphericalAreaKm2(square(0))).toBeCloseTo(12_363.7, 1);
    expect(sphericalAreaKm2(square(60))).toBeCloseTo(6088.4, 1);
  });
});

/** Plane area of polygons in square degrees, counterclockwise counts positive. */
function area(polygons: readonly (readonly Ring[])[]): number {
  return polygons.flat().reduce((total, ring) => {
    const twice = ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[i + 1] ?? [x, y];
      return sum + x * nextY - nextX * y;
    }, 0);
    return total + twice / 2;
  }, 0);
}
