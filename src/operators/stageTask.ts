import type { Envelope } from '../tile/envelope.ts';
import { type StagePlan, StageRun } from './stageRun.ts';
import type { Task, TaskHost } from './task.ts';

/** One tile in one stage, as a task; nothing where nobody waits for the tile any more. */
export function stageTask<T extends object, L>(
  plan: StagePlan<T, L>,
  envelope: Envelope<T>,
  host: TaskHost<Envelope<T & L>>,
): Task | undefined {
  return envelope.delivery.settled ? undefined : new StageRun(plan, envelope, host);
}
