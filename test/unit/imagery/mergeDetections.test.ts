import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetectionFeature } from '../../../src/imagery/detectionFeature.ts';
import { mergeDetections } from '../../../src/imagery/mergeDetections.ts';
import { pixelRuns, sharedPixels } from '../../../src/imagery/pixelRuns.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly tile: string;
  readonly scene?: string;
  readonly iri?: string;
}

const feature = ({ x, y, width, height, tile, scene = 'p', iri = 'light' }: Box): DetectionFeature => ({
  type: 'Feature',
  id: `${scene}/${iri}/${x}-${y}-${width}-${height}`,
  geometry: null,
  properties: {
    imageGeometry: {
      type: 'Polygon',
      coordinates: [
        [
          [x, y],
          [x + width, y],
          [x + width, y + height],
          [x, y + height],
          [x, y],
        ],
      ],
    },
    imageBBox: [x, y, x + width, y + height],
    featureClasses: [{ iri, score: 0.5 }],
    modelMetadata: { modelName: 'm' },
    sourceMetadata: [{ location: scene, sourceId: tile }],
    center_longitude: null,
    center_latitude: null,
    areaKm2: null,
    areaPx: width * height,
    confidence: 0.5,
  },
});
const merged = (...boxes: Box[]): string[] => mergeDetections(boxes.map(feature)).map(({ id }) => id);
const a = { x: 10, y: 10, width: 10, height: 10, tile: 'a' };

describe('mergeDetections', () => {
  it('keeps one of what two tiles saw', () => expect(merged(a, { ...a, tile: 'b' })).toEqual(['p/light/10-10-10-10']));

  it('keeps one of what a tile that was delivered twice saw', () => expect(merged(a, a)).toHaveLength(1));

  it('keeps the whole one of what the edge of a tile cut', () => {
    expect(merged({ ...a, width: 4 }, { ...a, tile: 'b' })).toEqual(['p/light/10-10-10-10']);
  });

  it('keeps neighbours, which share less than half', () => {
    expect(merged(a, { ...a, x: 16, tile: 'b' })).toHaveLength(2);
    expect(merged(a, { ...a, x: 15, tile: 'b' })).toHaveLength(1);
  });

  it('keeps what one tile told apart', () => expect(merged(a, { ...a, width: 9 })).toHaveLength(2));

  it('keeps what lies in other pictures, or is of another class', () => {
    expect(merged(a, { ...a, tile: 'b', scene: 'q' }, { ...a, tile: 'c', iri: 'room' })).toHaveLength(3);
  });

  it('finds overlaps across the cells of its grid', () => {
    const wide = { x: 0, y: 0, width: 400, height: 300, tile: 'a' };
    expect(merged(wide, { x: 350, y: 250, width: 20, height: 20, tile: 'b' })).toHaveLength(1);
  });

  it('gives the same, in the same order, whatever the order it was given', () => {
    const box = fc.record({
      x: fc.nat({ max: 60 }),
      y: fc.nat({ max: 60 }),
      width: fc.integer({ min: 1, max: 20 }),
      height: fc.integer({ min: 1, max: 20 }),
      tile: fc.constantFrom('a', 'b', 'c'),
    });
    const shuffled = fc
      .array(box, { maxLength: 30 })
      .chain((boxes) => fc.tuple(fc.constant(boxes), fc.shuffledSubarray(boxes, { minLength: boxes.length })));
    fc.assert(
      fc.property(shuffled, ([boxes, others]) => {
        const once = mergeDetections(boxes.map(feature));
        expect(mergeDetections(others.map(feature))).toEqual(once);
        expect(mergeDetections(once)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});

describe('pixelRuns', () => {
  it('counts the pixels whose centres lie inside', () => {
    const triangle = pixelRuns([
      [0, 0],
      [4, 0],
      [0, 4],
      [0, 0],
    ]);
    expect(sharedPixels(triangle, triangle)).toBe(6);
    const square = pixelRuns([
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ]);
    expect([sharedPixels(square, square), sharedPixels(square, triangle)]).toEqual([4, 4]);
  });
});
