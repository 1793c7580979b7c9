import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, type RgbImage } from '../../../model/decodeImage.ts';
import { imageHeader } from '../../../model/imageHeader.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { pngHeader } from './pngHeader.ts';

const plain = (background: string | { r: number; g: number; b: number; alpha: number }, channels: 3 | 4 = 3) =>
  sharp({ create: { width: 4, height: 2, channels, background } });
const firstPixel = ({ data }: RgbImage): number[] => [...data.subarray(0, 3)];
/** The same in every run: what a damaged file is taken for depends on its bytes. */
const random = seededRandom(7);
const noise = sharp(Buffer.from(Array.from({ length: 300 * 200 * 3 }, () => Math.floor(random() * 256))), {
  raw: { width: 300, height: 200, channels: 3 },
});

describe('decodeImage', () => {
  it('gives red, green and blue, row by row', async () => {
    const image = await decodeImage(await plain('#102030').png().toBuffer());
    expect(image).toMatchObject({ width: 4, height: 2 });
    expect([...image.data]).toEqual(Array.from({ length: 8 }, () => [0x10, 0x20, 0x30]).flat());
  });

  it.each([
    ['grey', plain('#777').toColourspace('b-w').png()],
    ['16-bit', plain('#777').toColourspace('rgb16').png()],
    ['16-bit grey', plain('#777').toColourspace('grey16').png()],
    ['palette', plain('#777').png({ palette: true })],
    ['JPEG', plain('#777').jpeg({ quality: 100 })],
    ['grey JPEG', plain('#777').toColourspace('b-w').jpeg({ quality: 100 })],
    ['progressive JPEG', plain('#777').jpeg({ quality: 100, progressive: true })],
  ])('turns a %s image into three channels of eight bits', async (_, file) => {
    const image = await decodeImage(await file.toBuffer());
    expect(image.data).toHaveLength(4 * 2 * 3);
    expect(firstPixel(image)).toEqual([0x77, 0x77, 0x77]);
  });

  it('puts what is transparent on paper, or on the night', async () => {
    const file = await plain({ r: 255, g: 0, b: 0, alpha: 0 }, 4).png().toBuffer();
    expect(firstPixel(await decodeImage(file))).toEqual([255, 255, 255]);
    expect(firstPixel(await decodeImage(file, { background: 'black' }))).toEqual([0, 0, 0]);
  });

  it('turns a picture as its EXIF orientation says', async () => {
    const file = await plain('#777').withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodeImage(file)).toMatchObject({ width: 2, height: 4 });
  });

  it.each([
    ['nothing', async () => new Uint8Array()],
    ['zeros', async () => new Uint8Array(20_000_000)],
    ['text', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')],
    ['another format', () => plain('#777').webp().toBuffer()],
    ['a header alone', async () => pngHeader(10, 10)],
    ['a PNG of no pixels', async () => pngHeader(0, 0)],
    ['a truncated JPEG', async () => (await noise.clone().jpeg().toBuffer()).subarray(0, 5000)],
    ['a JPEG without its last byte', async () => (await noise.clone().jpeg().toBuffer()).subarray(0, -2)],
    ['a truncated PNG', async () => (await noise.clone().png().toBuffer()).subarray(0, 5000)],
    ['a damaged PNG', async () => (await noise.clone().png().toBuffer()).fill(0x55, 5000, 5100)],
    ['a JPEG that ends in its header', async () => (await noise.clone().jpeg().toBuffer()).subarray(0, 30)],
  ])('refuses %s', async (_, bytes) => {
    await expect(decodeImage(await bytes())).rejects.toMatchObject({ status: 400, message: 'Failed to decode image' });
  });

  it('refuses too many pixels from the header alone, and names the value and the limit', async () => {
    const huge = 'Image is 50000×50000 pixels, the limit is 30000 pixels a side';
    await expect(decodeImage(pngHeader(50_000, 50_000))).rejects.toMatchObject({ status: 400, message: huge });
    const whole = Buffer.concat([pngHeader(50_000, 50_000), deflateSync(Buffer.alloc(1000))]);
    await expect(decodeImage(whole)).rejects.toMatchObject({ status: 400, message: huge });
    await expect(decodeImage(pngHeader(20_000, 20_000))).rejects.toMatchObject({
      message: 'Image is 20000×20000 = 400000000 pixels, the limit is 50000000 pixels',
    });
  });

  it('takes limits of its own', async () => {
    const file = await plain('#777').png().toBuffer();
    await expect(decodeImage(file, { limits: { maxPixels: 7, maxSidePixels: 4 } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(decodeImage(file, { limits: { maxPixels: 8, maxSidePixels: 4 } })).resolves.toMatchObject({
      width: 4,
    });
  });
});

describe('imageHeader', () => {
  it('reads the size of a JPEG behind large EXIF data', async () => {
    const file = await plain('#777')
      .withExif({ IFD0: { ImageDescription: 'x'.repeat(30_000) } })
      .jpeg()
      .toBuffer();
    expect(imageHeader(file)).toEqual({ format: 'jpeg', width: 4, height: 2 });
  });

  it('finds none in other bytes', () => {
    expect(imageHeader(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x02, 0x12, 0x34, 0, 0, 0, 0]))).toBeUndefined();
    expect(imageHeader(Buffer.alloc(3))).toBeUndefined();
  });
});
