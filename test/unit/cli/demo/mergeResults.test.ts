import { describe, expect, it } from 'vitest';
import { mergeResults } from '../../../../src/cli/demo/mergeResults.ts';
import { toFeatures } from '../../../../src/imagery/toFeatures.ts';

const collectionOf = (tileId: string, x: number, jobId: string) => {
  const vertices = [
    { x: 1, y: 1 },
    { x: 4, y: 1 },
    { x: 4, y: 4 },
    { x: 1, y: 4 },
  ];
  const light = {
    id: 'a',
    centroid: { x: 2, y: 2 },
    peak: { x: 2, y: 2, value: 99 },
    area: 9,
    brightness: 80,
    vertices,
    bounding_box: { x: 1, y: 1, width: 3, height: 3 },
    confidence: 0.9,
  };
  const place = { id: tileId, offset: [x, 0], scene: 'a.png' } as const;
  const inference = { jobId, inferenceDT: '2030-01-01T00:00:00Z' };
  const features = toFeatures({ lights: [light], image_shape: [10, 10, 3] }, place, { inference });
  return JSON.parse(JSON.stringify({ type: 'FeatureCollection', features }));
};

describe('mergeResults', () => {
  it('is the same whatever the order of the results, and whichever of two deliveries counted', () => {
    const [one, again, other] = [
      collectionOf('t1', 0, 'j1'),
      collectionOf('t1', 0, 'j2'),
      collectionOf('t2', 50, 'j3'),
    ];
    const merged = mergeResults([one, again, other]);
    expect(merged.map(({ id }) => id)).toEqual(['a.png/light/2-2', 'a.png/light/52-2']);
    expect(JSON.stringify(mergeResults([other, again, one]))).toBe(JSON.stringify(merged));
    expect(JSON.stringify(merged)).not.toContain('2030');
  });

  it.each([undefined, null, 1, {}, { type: 'FeatureCollection' }])('refuses %j, which is no collection', (result) => {
    expect(() => mergeResults([result])).toThrow();
  });
});
