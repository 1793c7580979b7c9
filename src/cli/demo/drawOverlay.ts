import { loadSharp } from '../../../model/loadSharp.ts';
import type { DetectionFeature } from '../../imagery/detectionFeature.ts';
import type { Picture } from '../publish/openPicture.ts';

/** Longest side of the drawing, in pixels; a larger picture is reduced. */
const largestSide = 8192;

/** Draws the detections' outlines on the picture, as PNG. */
export async function drawOverlay(picture: Picture, features: readonly DetectionFeature[]): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { pixels, width, height, channels } = picture;
  const scale = Math.min(1, largestSide / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const outlines = features.map(({ properties }) => pathOf(properties.imageGeometry.coordinates[0] ?? []));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${width} ${height}"><path d="${outlines.join('')}" fill="#ffb84d" fill-opacity="0.15" stroke="#ffb84d" stroke-width="${1 / scale}"/></svg>`;
  return sharp(pixels, { raw: { width, height, channels } })
    .resize(size.width, size.height)
    .removeAlpha()
    .composite([{ input: Buffer.from(svg) }])
    .png({ compressionLevel: 6 })
    .toBuffer();
}

function pathOf(ring: readonly (readonly [number, number])[]): string {
  return `M${ring.map(([x, y]) => `${x} ${y}`).join('L')}Z`;
}
