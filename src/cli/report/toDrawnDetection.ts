import type { DetectionFeature } from '../../imagery/detectionFeature.ts';
import type { DrawnDetection } from './reportData.ts';

/** Takes of a feature what the page draws and says. */
export function toDrawnDetection({ properties }: DetectionFeature): DrawnDetection {
  const { imageGeometry, imageBBox, center_longitude, center_latitude } = properties;
  const [minX, minY, maxX, maxY] = imageBBox;
  return {
    outline: (imageGeometry.coordinates[0] ?? []).slice(0, -1).flat(),
    x: (minX + maxX) / 2,
    y: (minY + maxY) / 2,
    lon: center_longitude,
    lat: center_latitude,
    areaKm2: properties.areaKm2,
    areaPx: properties.areaPx,
    confidence: properties.confidence,
    brightness: properties.brightness ?? null,
  };
}
