import type { StageOptions, StageWork } from './stage.ts';
import type { StagePlan } from './stageRun.ts';

/** Gathers what all tiles of a stage have in common. */
export function planStage<T extends object, L>(
  name: string,
  work: StageWork<T, L>,
  options: StageOptions,
  now: () => number = () => performance.now(),
): StagePlan<T, L> {
  return { name, work, options, now };
}
