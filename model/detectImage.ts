import { backgroundOf } from './backgroundOf.ts';
import { decodeImage } from './decodeImage.ts';
import { detect } from './detect.ts';
import type { DetectionResult } from './detectionResult.ts';
import { loadOpenCv } from './loadOpenCv.ts';
import type { ModelConfigInput } from './modelConfig.ts';
import { defaultLimits, type ModelLimits } from './modelLimits.ts';
import { parseModelConfig } from './parseModelConfig.ts';

/** What {@link detectImage} is told beside the image. */
export interface DetectImageOptions {
  /** Detector and parameters, default `rooms` with its defaults. */
  readonly config?: ModelConfigInput;
  readonly limits?: Partial<ModelLimits>;
  /** Returned with the answer, unchanged. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the model on one PNG or JPEG in this process and thread, without a server.
 *
 * @throws ModelRequestError when the bytes are no such image or larger than a limit.
 * @throws ModelConfigError when the configuration breaks a rule.
 */
export async function detectImage(bytes: Uint8Array, options: DetectImageOptions = {}): Promise<DetectionResult> {
  const config = parseModelConfig(options.config ?? {}, 'config');
  const image = await decodeImage(bytes, {
    limits: { ...defaultLimits, ...options.limits },
    background: backgroundOf(config),
  });
  return detect(await loadOpenCv(), image, config, options.metadata);
}
