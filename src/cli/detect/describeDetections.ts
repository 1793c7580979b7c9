import type { DetectionResult } from '../../../model/detectionResult.ts';
import type { DetectCommandOptions } from './detectFile.ts';

const shownAtMost = 20;

/** Says in a few lines what the model found. */
export function describeDetections(
  result: DetectionResult,
  { output, visualize }: Pick<DetectCommandOptions, 'output' | 'visualize'>,
): string {
  const [height, width] = result.image_shape;
  const found = 'rooms' in result ? result.rooms : result.lights;
  const noun = 'rooms' in result ? 'rooms' : 'lights';
  const rows = found.slice(0, shownAtMost).map(({ id, area, bounding_box: box, confidence }) => {
    const place = `${box.width}×${box.height} at ${box.x},${box.y}`;
    return `  ${id}: ${place}, area ${area} px, confidence ${confidence}`;
  });
  return [
    `${found.length} ${noun} in ${width}×${height} pixels.`,
    ...rows,
    ...(found.length > shownAtMost ? [`  and ${found.length - shownAtMost} more`] : []),
    ...(output === undefined ? [] : [`Answer: ${output}`]),
    ...(visualize === undefined ? [] : [`Drawing: ${visualize}`]),
  ].join('\n');
}
