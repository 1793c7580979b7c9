import sharp from 'sharp';
import { detectImage } from '../../../model/detectImage.ts';
import type { ModelConfigInput } from '../../../model/modelConfig.ts';
import { cellBounds } from '../../../src/imagery/cellBounds.ts';
import type { DetectionFeature } from '../../../src/imagery/detectionFeature.ts';
import { formatScene } from '../../../src/imagery/formatScene.ts';
import type { Georeference } from '../../../src/imagery/lonLat.ts';
import { mergeDetections } from '../../../src/imagery/mergeDetections.ts';
import { tileGrid } from '../../../src/imagery/tileGrid.ts';
import { toFeatures } from '../../../src/imagery/toFeatures.ts';

/** A decoded picture: three bytes a pixel, and where on earth it lies. */
export interface Picture extends Georeference {
  readonly name: string;
  readonly data: Buffer;
}

/** Does to a picture what the demo does, without services: cuts lossless tiles, detects in each, makes features, merges. */
export async function detectInTiles(
  picture: Picture,
  config: ModelConfigInput,
  tileSize: number,
  overlap: number,
): Promise<{ reported: number; features: DetectionFeature[] }> {
  const { name, data, width, height } = picture;
  const scene = formatScene({ name, width, height, overlap });
  const reported: DetectionFeature[] = [];
  for (const cell of tileGrid({ width, height, tileSize, overlap })) {
    const { x, y } = cell;
    const region = { left: x, top: y, width: cell.width, height: cell.height };
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .extract(region)
      .png({ compressionLevel: 1 })
      .toBuffer();
    const answer: unknown = JSON.parse(JSON.stringify(await detectImage(png, { config })));
    const tile = {
      id: `${tileSize}/${x}-${y}`,
      bounds: cellBounds(cell, picture),
      crs: 'EPSG:4326',
      offset: [x, y],
      scene,
    } as const;
    reported.push(...toFeatures(answer, tile));
  }
  return { reported: reported.length, features: mergeDetections(reported) };
}
