import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageSize } from '../../../src/records/readImageSize.ts';
import { sniffContentType } from '../../../src/records/sniffContentType.ts';
import { pngHeader } from './recordOf.ts';

const picture = () => sharp({ create: { width: 37, height: 21, channels: 3, background: '#345' } });

describe('size and type of an image', () => {
  it.each([
    ['image/png', () => picture().png()],
    ['image/jpeg', () => picture().jpeg()],
    ['image/jpeg', () => picture().jpeg({ progressive: true }).withMetadata()],
    ['image/gif', () => picture().gif()],
    ['image/webp', () => picture().webp()],
    ['image/webp', () => picture().webp({ lossless: true })],
    ['image/webp', () => picture().webp().withMetadata()],
    ['image/tiff', () => picture().tiff()],
    ['image/tiff', () => picture().tiff({ bigtiff: true })],
  ])('are read from its first bytes: %s', async (contentType, encode) => {
    const bytes = await encode().toBuffer();
    expect(sniffContentType(bytes)).toBe(contentType);
    expect(readImageSize(bytes)).toEqual({ width: 37, height: 21 });
  });

  it('are read from JPEG 2000, in boxes and bare', () => {
    const boxes = Buffer.from(
      '0000000c6a5020200d0a870a00000014667479706a703220000000006a7032200000002d6a703268000000166968647200000015000000250003070700',
      'hex',
    );
    const bare = Buffer.from('ff4fff51002f0000000000270000001500000002000000000000', 'hex');
    expect([sniffContentType(boxes), sniffContentType(bare)]).toEqual(['image/jp2', 'image/jp2']);
    expect(readImageSize(boxes)).toEqual({ width: 37, height: 21 });
    expect(readImageSize(bare)).toEqual({ width: 37, height: 21 });
  });

  it('are unknown for what is cut off before its size, or no image', async () => {
    const jpeg = await picture().jpeg().toBuffer();
    expect(readImageSize(jpeg.subarray(0, 40))).toBeUndefined();
    expect(readImageSize(pngHeader(5, 5).subarray(0, 18))).toBeUndefined();
    expect(readImageSize(new Uint8Array(0))).toBeUndefined();
    expect(sniffContentType(Buffer.from('GIF, he said'))).toBeUndefined();
  });

  it('never throw, whatever follows the first bytes', () => {
    const heads = [
      '89504e470d0a1a0a',
      'ffd8ff',
      '47494638',
      '49492a00',
      '4d4d002a',
      '49492b00',
      'ff4fff51',
      '0000000c6a502020',
    ];
    const head = fc.constantFrom(...heads, '524946460000000057454250').map((hex) => Buffer.from(hex, 'hex'));
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 80 }), (start, rest) => {
        const size = readImageSize(Buffer.concat([start, rest]));
        expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
