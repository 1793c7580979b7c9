import { z } from 'zod';
import { RecordInvalidError } from '../errors/recordInvalidError.ts';

const point = z.object({ x: z.number(), y: z.number() });
const detection = z.object({
  id: z.string(),
  area: z.number().nonnegative(),
  vertices: z.array(point).min(3),
  bounding_box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  confidence: z.number().min(0).max(1),
});
const light = detection.extend({ centroid: point, peak: point, brightness: z.number() });
const facts = z.object({ image_shape: z.tuple([z.int().positive(), z.int().positive()]).rest(z.int()) });
const modelResult = z.union([facts.extend({ lights: z.array(light) }), facts.extend({ rooms: z.array(detection) })]);

/** A detection as the model answers it, in pixels of the tile. */
export type ModelDetection = z.output<typeof detection> & Partial<z.output<typeof light>>;

/** The model's answer to a tile, as far as features are made of it. */
export interface ModelResult {
  /** What was found, `light` or `room`. */
  readonly kind: 'light' | 'room';
  readonly detections: readonly ModelDetection[];
  /** Of the tile, in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * Checks the answer of the model, already parsed from JSON; what it says beyond that is left aside.
 *
 * @throws {@link RecordInvalidError} when it is something else.
 */
export function parseModelResult(answer: unknown): ModelResult {
  const isLights = typeof answer === 'object' && answer !== null && 'lights' in answer;
  const parsed = modelResult.options[isLights ? 0 : 1].safeParse(answer);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = ['result', ...(issue?.path ?? [])].join('.');
    throw new RecordInvalidError('RECORD_INVALID', field, issue?.message ?? 'is not an answer of the model');
  }
  const { data } = parsed;
  const [height, width] = data.image_shape;
  return 'lights' in data
    ? { kind: 'light', detections: data.lights, width, height }
    : { kind: 'room', detections: data.rooms, width, height };
}
