import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { detectImage } from '../../../model/detectImage.ts';
import { drawDetections } from '../../../model/drawDetections.ts';
import { drawing, night, square, toPng } from './drawings.ts';

const pixelsOf = async (png: Uint8Array) => {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number[] => [
    ...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3),
  ];
  return { ...info, at };
};

describe('drawDetections', () => {
  it('draws rooms on the image, as PNG of the same size', async () => {
    const image = await toPng(await drawing(square));
    const { width, height, at } = await pixelsOf(await drawDetections(image, await detectImage(image)));
    expect([width, height]).toEqual([500, 500]);
    const [red = 0, green = 0] = at(250, 250);
    expect(green - red).toBeGreaterThan(30); // tinted inside
    expect(at(50, 50)).toEqual([255, 255, 255]); // as it was outside
  });

  it('marks where a light is brightest', async () => {
    const image = await toPng(
      night(64, 64, [
        [30, 30, 200],
        [31, 30, 255],
        [30, 31, 180],
        [31, 31, 180],
      ]),
    );
    const config = { detector: 'lights' } as const;
    const { at } = await pixelsOf(await drawDetections(image, await detectImage(image, { config })));
    const [red = 0, green = 0] = at(31, 30);
    expect(red).toBeGreaterThan(green);
    expect(at(5, 5)).toEqual([0, 0, 0]);
  });

  it('draws on a turned photograph as it is seen', async () => {
    const turned = await sharp(await toPng(await drawing(square)))
      .extract({ left: 50, top: 50, width: 450, height: 400 })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer();
    const result = await detectImage(turned);
    expect(result.image_shape).toEqual([450, 400, 3]);
    const { width, height } = await pixelsOf(await drawDetections(turned, result));
    expect([width, height]).toEqual([400, 450]);
  });
});

describe('detectImage', () => {
  it('says which rule a configuration breaks', async () => {
    await expect(detectImage(new Uint8Array(), { config: { min_area: -1 } })).rejects.toThrow(
      /^config: min_area: .*got -1$/,
    );
  });

  it('refuses what is not an image, and what is over a limit', async () => {
    await expect(detectImage(Buffer.from('hello'))).rejects.toMatchObject({
      status: 400,
      message: 'Failed to decode image',
    });
    const image = await toPng(night(20, 10, []));
    await expect(detectImage(image, { limits: { maxPixels: 199 } })).rejects.toMatchObject({ status: 400 });
  });

  it('gives the metadata back', async () => {
    const image = await toPng(night(20, 10, []));
    expect(await detectImage(image, { metadata: { a: 1 } })).toMatchObject({ metadata: { a: 1 } });
  });
});
