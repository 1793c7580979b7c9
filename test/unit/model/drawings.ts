import sharp from 'sharp';
import type { RgbImage } from '../../../model/decodeImage.ts';
import { loadOpenCv } from '../../../model/loadOpenCv.ts';

/** Draws closed outlines, two pixels wide as OpenCV draws them, in black on a white square of 500 pixels. */
export async function drawing(...outlines: readonly (readonly (readonly [number, number])[])[]): Promise<RgbImage> {
  const cv = await loadOpenCv();
  const paper = new cv.Mat(500, 500, cv.CV_8UC3, new cv.Scalar(255, 255, 255));
  for (const outline of outlines) {
    outline.forEach(([x, y], i) => {
      const [nextX, nextY] = outline[(i + 1) % outline.length] ?? [x, y];
      cv.line(paper, new cv.Point(x, y), new cv.Point(nextX, nextY), new cv.Scalar(0, 0, 0), 2);
    });
  }
  const data = Uint8Array.from(paper.data);
  paper.delete();
  return { width: 500, height: 500, data };
}

/** Makes a grey night of that size and lights pixels in it, each `[x, y, value]`. */
export function night(
  width: number,
  height: number,
  pixels: Iterable<readonly [number, number, number]>,
  base = 0,
): RgbImage {
  const data = new Uint8Array(width * height * 3).fill(base);
  for (const [x, y, value] of pixels) data.fill(value, 3 * (y * width + x), 3 * (y * width + x) + 3);
  return { width, height, data };
}

/** Cuts a box out of an image. */
export function crop(image: RgbImage, left: number, top: number, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = 3 * ((top + y) * image.width + left);
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, data };
}

/** Writes an image as PNG. */
export function toPng({ width, height, data }: RgbImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

export const square = [
  [100, 100],
  [400, 100],
  [400, 400],
  [100, 400],
] as const;
export const lShape = [
  [100, 100],
  [400, 100],
  [400, 250],
  [250, 250],
  [250, 400],
  [100, 400],
] as const;
