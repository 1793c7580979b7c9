import { describe, expect, it } from 'vitest';
import { detect } from '../../../model/detect.ts';
import type { RoomsResult } from '../../../model/detectionResult.ts';
import { loadOpenCv } from '../../../model/loadOpenCv.ts';
import { parseModelConfig } from '../../../model/parseModelConfig.ts';
import { drawing, lShape, square } from './drawings.ts';

const cv = await loadOpenCv();
const memory = (): number => (cv as unknown as { HEAP8: Int8Array }).HEAP8.length; // grows, never shrinks
const rooms = async (image: ReturnType<typeof drawing>, config: object = {}): Promise<RoomsResult> => {
  const result = detect(cv, await image, parseModelConfig(config));
  if (!('rooms' in result)) throw new Error('not the detector rooms');
  return result;
};

describe('detectRooms', () => {
  it('measures a square to the last digit', async () => {
    const result = await rooms(drawing(square));
    expect(result).toMatchObject({ status: 'success', room_count: 1, image_shape: [500, 500, 3], metadata: {} });
    expect(result.rooms).toEqual([
      {
        id: 'room_001',
        area: 91204.0,
        vertices: [
          { x: 99, y: 99 },
          { x: 99, y: 401 },
          { x: 401, y: 401 },
          { x: 401, y: 99 },
        ],
        bounding_box: { x: 99, y: 99, width: 303, height: 303 },
        confidence: 0.9954,
      },
    ]);
  });

  it('measures an L to the last digit', async () => {
    const [room] = (await rooms(drawing(lShape))).rooms;
    expect(room?.vertices).toHaveLength(6);
    expect([room?.area, room?.confidence]).toEqual([68704.5, 0.7638]);
  });

  it('finds nothing on a blank page', async () => {
    expect(await rooms(drawing())).toMatchObject({ status: 'success', room_count: 0, rooms: [] });
  });

  it('lists rooms in reading order', async () => {
    const [a, b, c] = [
      [20, 300],
      [20, 20],
      [300, 20],
    ].map(
      ([x = 0, y = 0]) =>
        [
          [x, y],
          [x + 100, y],
          [x + 100, y + 100],
          [x, y + 100],
        ] as const,
    );
    if (!a || !b || !c) throw new Error('three rooms are drawn');
    const result = await rooms(drawing(a, b, c));
    expect(result.rooms.map(({ id, bounding_box: { x, y } }) => [id, x, y])).toEqual([
      ['room_001', 19, 19],
      ['room_002', 299, 19],
      ['room_003', 19, 299],
    ]);
  });

  it.each([
    [{ min_area: 91204 }, 1],
    [{ min_area: 91205 }, 0],
    [{ max_area: 91204 }, 1],
    [{ max_area: 91203 }, 0],
  ])('keeps areas within %o, the bounds included', async (config, count) => {
    expect((await rooms(drawing(square), config)).room_count).toBe(count);
  });

  it('simplifies an outline more where epsilon_factor is larger', async () => {
    expect((await rooms(drawing(lShape), { epsilon_factor: 0.3 })).room_count).toBe(0); // fewer than four corners are left
  });

  it('leaves nothing behind in the memory of OpenCV', async () => {
    const image = drawing(square, lShape);
    const ballast = new cv.Mat(90_000, 1000, cv.CV_8UC1); // else 200 lost images would still fit into what was free
    await rooms(image);
    const bytes = memory();
    for (let i = 0; i < 200; i += 1) await rooms(image);
    ballast.delete();
    expect(memory()).toBe(bytes);
  });
});
