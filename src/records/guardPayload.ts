import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { DecodeLimits } from './decodeLimits.ts';
import { readImageSize } from './readImageSize.ts';

/**
 * Refuses a payload whose image header promises more than the limits allow, before anybody decodes it: a few bytes can
 * claim gigabytes of pixels.
 *
 * @throws RecordInvalidError `IMAGE_TOO_LARGE`
 */
export function guardPayload(bytes: Uint8Array, field: string, limits: DecodeLimits): void {
  const size = readImageSize(bytes);
  if (size === undefined) return;
  const { width, height } = size;
  const shown = `${width}×${height}`;
  if (Math.max(width, height) > limits.maxImageDimension) {
    const rule = `must be an image of at most ${limits.maxImageDimension} pixels in width and height (maxImageDimension)`;
    throw new RecordInvalidError('IMAGE_TOO_LARGE', field, rule, shown);
  }
  if (width * height > limits.maxImagePixels) {
    const rule = `must be an image of at most ${limits.maxImagePixels} pixels (maxImagePixels)`;
    throw new RecordInvalidError('IMAGE_TOO_LARGE', field, rule, shown);
  }
}
