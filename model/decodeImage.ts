import { imageHeader } from './imageHeader.ts';
import { loadSharp } from './loadSharp.ts';
import { defaultLimits, type ModelLimits } from './modelLimits.ts';
import { ModelRequestError } from './modelRequestError.ts';

/** An image as the detectors take it: three bytes a pixel, red, green, blue, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What {@link decodeImage} is told beside the bytes. */
export interface DecodeOptions {
  readonly limits?: Pick<ModelLimits, 'maxPixels' | 'maxSidePixels'>;
  /** Colour behind transparent pixels, default white: paper for drawings; night pictures take black. */
  readonly background?: 'white' | 'black';
}

/**
 * Decodes a PNG or JPEG to eight bits of red, green and blue, turned as its EXIF orientation says.
 *
 * The size is checked from the header, before anything is decoded; a truncated image is refused, not half decoded.
 *
 * @throws {@link ModelRequestError} with status 400 when it cannot be decoded or is larger than a limit.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const { limits = defaultLimits, background = 'white' } = options;
  const header = imageHeader(bytes);
  if (header === undefined) throw new ModelRequestError(400, 'Failed to decode image');
  checkSize(header, limits);
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, { failOn: 'truncated', limitInputPixels: limits.maxPixels })
      .autoOrient()
      .flatten({ background })
      .toColourspace('srgb') // grey, palette, CMYK and 16-bit images become three channels of 8 bits
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw new ModelRequestError(400, 'Failed to decode image', { cause: error });
  }
}

function checkSize(
  size: { width: number; height: number },
  limits: Pick<ModelLimits, 'maxPixels' | 'maxSidePixels'>,
): void {
  const { width, height } = size;
  const { maxPixels, maxSidePixels } = limits;
  if (Math.max(width, height) > maxSidePixels) {
    throw new ModelRequestError(400, `Image is ${width}×${height} pixels, the limit is ${maxSidePixels} pixels a side`);
  }
  if (width * height > maxPixels) {
    const pixels = width * height;
    throw new ModelRequestError(
      400,
      `Image is ${width}×${height} = ${pixels} pixels, the limit is ${maxPixels} pixels`,
    );
  }
}
