import { loadSharp } from '../../../model/loadSharp.ts';
import type { Picture } from '../publish/openPicture.ts';
import type { InlineImage } from '../report/renderReport.ts';

/** Widest picture that the page carries, in pixels. */
const largestSide = 4096;

/** Makes the picture fit for a page: JPEG, and not larger than a screen shows well. */
export async function reducePicture({ pixels, width, height, channels }: Picture): Promise<InlineImage> {
  const sharp = await loadSharp();
  const bytes = await sharp(pixels, { raw: { width, height, channels } })
    .resize(largestSide, largestSide, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#05070d' })
    .jpeg({ quality: 82, mozjpeg: false })
    .toBuffer();
  return { contentType: 'image/jpeg', bytes };
}
