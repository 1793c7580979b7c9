import { describe, expect, it } from 'vitest';
import { RecordInvalidError } from '../../../src/errors/recordInvalidError.ts';
import { toFeatures } from '../../../src/imagery/toFeatures.ts';

const light = {
  id: 'light_0001',
  centroid: { x: 21, y: 10.5 },
  peak: { x: 20, y: 10, value: 99 },
  area: 2,
  brightness: 88.5,
  vertices: [
    { x: 22, y: 10 },
    { x: 22, y: 11 },
    { x: 20, y: 11 },
    { x: 20, y: 10 },
  ],
  bounding_box: { x: 20, y: 10, width: 2, height: 1 },
  confidence: 0.75,
};
const lights = { status: 'success', light_count: 1, lights: [light], image_shape: [50, 100, 3], metadata: {} };
const room = {
  id: 'room_001',
  area: 91204,
  vertices: [
    { x: 99, y: 99 },
    { x: 99, y: 401 },
    { x: 401, y: 401 },
    { x: 401, y: 99 },
  ],
  bounding_box: { x: 99, y: 99, width: 303, height: 303 },
  confidence: 0.9954,
};
const rooms = { status: 'success', room_count: 1, rooms: [room], image_shape: [500, 500, 3], metadata: {} };

describe('toFeatures', () => {
  it('writes a light as a GeoJSON feature, in degrees and in pixels of the whole picture', () => {
    const tile = {
      id: 't-1',
      bounds: [0, 0, 10, 5],
      crs: 'EPSG:4326',
      offset: [1000, 500],
      scene: 'night.jpg',
    } as const;
    const inference = { jobId: 'job-1', inferenceDT: '2026-01-31T12:00:00Z' };
    expect(toFeatures(lights, tile, { inference })).toEqual([
      {
        type: 'Feature',
        id: 'night.jpg/light/1020-510',
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [2.2, 4],
              [2, 4],
              [2, 3.9],
              [2.2, 3.9],
              [2.2, 4],
            ],
          ],
        },
        properties: {
          imageGeometry: {
            type: 'Polygon',
            coordinates: [
              [
                [1022, 510],
                [1022, 511],
                [1020, 511],
                [1020, 510],
                [1022, 510],
              ],
            ],
          },
          imageBBox: [1020, 510, 1022, 511],
          featureClasses: [{ iri: 'light', score: 0.75 }],
          modelMetadata: { modelName: 'swath-model' },
          inferenceMetadata: inference,
          sourceMetadata: [{ location: 'night.jpg', sourceId: 't-1' }],
          center_longitude: 2.1,
          center_latitude: 3.95,
          areaKm2: expect.closeTo(246.7, 0),
          areaPx: 2,
          brightness: 88.5,
          confidence: 0.75,
        },
      },
    ]);
  });

  it('writes a room of a picture that lies nowhere on earth', () => {
    const [feature] = toFeatures(rooms, { id: 'plan-7' });
    expect(feature).toMatchObject({
      id: 'plan-7/room/99-99-303x303-91204',
      geometry: null,
      properties: {
        center_longitude: null,
        center_latitude: null,
        areaKm2: null,
        areaPx: 91204,
        imageBBox: [99, 99, 402, 402],
      },
    });
    expect(feature?.properties).not.toHaveProperty('brightness');
    expect(feature?.properties).not.toHaveProperty('inferenceMetadata');
  });

  it('gives no degrees where the bounds are in another system', () => {
    const [feature] = toFeatures(lights, { bounds: [0, 0, 1000, 500], crs: 'EPSG:32633' });
    expect([feature?.geometry, feature?.properties.center_longitude]).toEqual([null, null]);
  });

  it('cuts a light on the antimeridian in two, and centres it within a turn', () => {
    const [feature] = toFeatures(lights, { bounds: [177.95, 0, -172.05, 5] });
    expect(feature?.geometry?.type).toBe('MultiPolygon');
    expect(feature?.properties.center_longitude).toBe(-179.95);
    const areas = [feature?.properties.areaKm2, toFeatures(lights, { bounds: [0, 0, 10, 5] })[0]?.properties.areaKm2];
    expect(areas[0]).toBe(areas[1]);
  });

  it('reports what has its peak in the core of the tile, and leaves the rest to its neighbours', () => {
    const at = (x: number, y: number) => ({ ...lights, lights: [{ ...light, peak: { ...light.peak, x, y } }] });
    const scene = 'night.jpg#xywh=0,0,400,400&overlap=20';
    const count = (x: number, y: number, offset: [number, number]): number =>
      toFeatures(at(x, y), { offset, scene }).length;
    expect([count(9, 25, [80, 30]), count(10, 25, [80, 30]), count(89, 25, [80, 30]), count(90, 25, [80, 30])]).toEqual(
      [0, 1, 1, 0],
    );
    expect([count(50, 9, [80, 30]), count(50, 10, [80, 30]), count(50, 39, [80, 30]), count(50, 40, [80, 30])]).toEqual(
      [0, 1, 1, 0],
    );
    expect([count(0, 0, [0, 0]), count(99, 49, [300, 350])]).toEqual([1, 1]); // no neighbour beyond the edges of the picture
  });

  it('finds nothing in the answer to a dark tile', () => {
    expect(toFeatures({ ...lights, lights: [], light_count: 0 }, {})).toEqual([]);
  });

  it.each([
    [undefined, 'result '],
    ['text', 'result '],
    [{ error: 'Failed to decode image' }, 'result.image_shape '],
    [{ ...lights, image_shape: [0, 1, 3] }, 'result.image_shape.0 '],
    [{ ...lights, lights: [{ ...light, vertices: [] }] }, 'result.lights.0.vertices '],
    [{ ...rooms, rooms: [{ ...room, confidence: 2 }] }, 'result.rooms.0.confidence '],
  ])('refuses %o, naming the field', (answer, field) => {
    expect(() => toFeatures(answer, {})).toThrow(RecordInvalidError);
    expect(() => toFeatures(answer, {})).toThrow(field);
  });
});
