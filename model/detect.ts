import type { RgbImage } from './decodeImage.ts';
import type { DetectionResult } from './detectionResult.ts';
import { detectLights } from './detectLights.ts';
import { detectRooms } from './detectRooms.ts';
import type { OpenCv } from './loadOpenCv.ts';
import type { ModelConfig } from './modelConfig.ts';

/** Runs the configured detector on a decoded image; blocks its thread meanwhile. */
export function detect(
  cv: OpenCv,
  image: RgbImage,
  config: ModelConfig,
  metadata: Readonly<Record<string, unknown>> = {},
): DetectionResult {
  const facts = { image_shape: [image.height, image.width, 3], metadata } as const;
  if (config.detector === 'lights') {
    const lights = detectLights(cv, image, config);
    return { status: 'success', light_count: lights.length, lights, ...facts };
  }
  const rooms = detectRooms(cv, image, config);
  return { status: 'success', room_count: rooms.length, rooms, ...facts };
}
