import { z } from 'zod';
import type { DetectionFeature } from '../../imagery/detectionFeature.ts';
import { mergeDetections } from '../../imagery/mergeDetections.ts';

const collection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.looseObject({ type: z.literal('Feature'), id: z.string(), properties: z.looseObject({}) })),
});

/**
 * Makes one set of detections of what the tiles reported. Which inference found them, and when, is left out: what comes of a
 * picture is the same each time.
 *
 * @throws ZodError when a result is no feature collection.
 */
export function mergeResults(results: readonly unknown[]): DetectionFeature[] {
  const features = results.flatMap((result) => collection.parse(result).features as unknown as DetectionFeature[]);
  return mergeDetections(
    features.map((feature) => {
      const { inferenceMetadata, ...properties } = feature.properties;
      return { ...feature, properties };
    }),
  );
}
