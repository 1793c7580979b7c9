import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../model/decodeImage.ts';
import { detect } from '../../../model/detect.ts';
import type { Light } from '../../../model/detectionResult.ts';
import { loadOpenCv } from '../../../model/loadOpenCv.ts';
import { parseModelConfig } from '../../../model/parseModelConfig.ts';
import { crop, night } from './drawings.ts';

const cv = await loadOpenCv();
const lights = (image: RgbImage, config: object = {}): readonly Light[] => {
  const result = detect(cv, image, parseModelConfig({ detector: 'lights', ...config }));
  if (!('lights' in result)) throw new Error('not the detector lights');
  expect(result.light_count).toBe(result.lights.length);
  return result.lights;
};
type Pixel = readonly [x: number, y: number, value: number];
const box = (x: number, y: number, width: number, height: number, value: number): Pixel[] =>
  Array.from({ length: width * height }, (_, i) => [x + (i % width), y + Math.floor(i / width), value]);

describe('detectLights', () => {
  it('measures a bright area', () => {
    const found = lights(night(40, 30, [...box(10, 5, 4, 2, 100), [11, 5, 180]]));
    expect(found).toEqual([
      {
        id: 'light_0001',
        centroid: { x: 12, y: 6 },
        peak: { x: 11, y: 5, value: 180 },
        area: 8,
        brightness: 110,
        vertices: [
          { x: 14, y: 5 },
          { x: 14, y: 7 },
          { x: 10, y: 7 },
          { x: 10, y: 5 },
        ],
        bounding_box: { x: 10, y: 5, width: 4, height: 2 },
        confidence: 0.9,
      },
    ]);
  });

  it('finds nothing in the dark', () => expect(lights(night(256, 256, []))).toEqual([]));

  it('keeps a large light whole unless told to split', () => {
    const image = night(200, 200, box(20, 20, 150, 120, 200));
    expect(lights(image).map(({ area }) => area)).toEqual([150 * 120]);
  });

  it('looks at the channel it is told: moonlit snow is blue and green, not red', () => {
    const snow = night(20, 20, []);
    snow.data.forEach((_, i) => {
      if (i % 3 !== 0) snow.data[i] = 120;
    });
    expect(lights(snow)).toEqual([]);
    expect(lights(snow, { channel: 'green' })).toHaveLength(1);
    expect(lights(snow, { channel: 'gray', threshold: 84 })).toHaveLength(1);
  });

  it.each([
    [{ threshold: 60 }, 1],
    [{ threshold: 61 }, 0],
    [{ min_peak: 80 }, 1],
    [{ min_peak: 81 }, 0],
    [{ min_area: 4 }, 1],
    [{ min_area: 5 }, 0],
    [{ max_area: 4 }, 1],
    [{ min_area: 1, max_area: 3 }, 0],
  ])('takes what reaches the bounds of %o', (config, count) => {
    const image = night(20, 20, [
      [5, 5, 80],
      [6, 5, 60],
      [5, 6, 60],
      [6, 6, 60],
    ]);
    const found = lights(image, config);
    const whole = found.filter(({ area }) => area === 4);
    expect(whole).toHaveLength(count);
  });

  it('says of a surer light that it is surer', () => {
    const [weak, strong] = lights(night(40, 20, [...box(2, 2, 2, 1, 75), ...box(20, 2, 6, 6, 250)]));
    expect(weak?.confidence).toBeLessThan(strong?.confidence ?? 0);
    expect(strong?.confidence).toBeLessThanOrEqual(1);
  });

  it('splits a conurbation along the dim line between its bright spots', () => {
    const pixels = [...box(10, 10, 30, 4, 60), ...box(13, 10, 3, 4, 120), ...box(34, 10, 3, 4, 120)];
    const found = lights(night(60, 30, pixels), { max_extent: 20, min_peak: 100 });
    expect(found.map(({ peak }) => peak.x)).toEqual([14, 35]);
    expect(found.every(({ bounding_box: { width } }) => width <= 21)).toBe(true);
  });

  it('says the same of a light in every tile that holds its surroundings', () => {
    const maxExtent = 10;
    const margin = 1.5 * maxExtent + 2;
    const blob = fc.record({
      x: fc.integer({ min: 0, max: 99 }),
      y: fc.integer({ min: 0, max: 99 }),
      width: fc.integer({ min: 1, max: 30 }),
      height: fc.integer({ min: 1, max: 12 }),
      value: fc.integer({ min: 55, max: 255 }),
    });
    const scene = fc.array(blob, { minLength: 1, maxLength: 25 });
    const corner = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
    const property = fc.property(scene, corner, (blobs, [left, top]) => {
      const pixels = blobs.flatMap(({ x, y, width, height, value }) => box(x, y, width, height, value));
      const picture = night(
        100,
        100,
        pixels.filter(([x, y]) => x < 100 && y < 100),
      );
      const config = { max_extent: maxExtent };
      const inner = ({ peak: { x, y } }: Pick<Light, 'peak'>): boolean =>
        Math.min(x - left, y - top, left + 60 - 1 - x, top + 60 - 1 - y) >= margin;
      const seenInTile = lights(crop(picture, left, top, 60, 60), config).map((light) => moved(light, left, top));
      expect(seenInTile.filter(inner)).toEqual(
        lights(picture, config)
          .map((light) => moved(light, 0, 0))
          .filter(inner),
      );
    });
    fc.assert(property, { numRuns: 150 });
  });
});

/** A light in pixels of the picture, without its number. */
function moved(light: Light, left: number, top: number): Omit<Light, 'id'> {
  const move = <P extends { x: number; y: number }>(p: P): P => ({
    ...p,
    x: Math.round((p.x + left) * 1e4) / 1e4,
    y: Math.round((p.y + top) * 1e4) / 1e4,
  });
  const { id: _, ...rest } = light;
  return {
    ...rest,
    centroid: move(light.centroid),
    peak: move(light.peak),
    bounding_box: move(light.bounding_box),
    vertices: light.vertices.map(move),
  };
}
