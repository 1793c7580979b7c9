import type { OperatorFunction } from 'rxjs';
import type { Envelope } from '../tile/envelope.ts';
import { mergeTasks } from './mergeTasks.ts';
import { planStage } from './planStage.ts';
import type { StageOptions, StageWork } from './stage.ts';
import { stageTask } from './stageTask.ts';
import type { TaskHost } from './task.ts';

/**
 * Adds to each tile what `work` learns of it: the fields of the first value it emits.
 *
 * Tiles leave in the order they finish. An error, or no value, nacks the tile; the stream goes on.
 *
 * @param name - Name of the stage, in spans and dead letters.
 * @param work - Gets the tile and the attempt's facts; a promise, an observable, an iterable. `signal` cancels it. The
 * payload's bytes are the record's own: `work` changes a copy, or a dead letter would hold what was changed.
 * @example
 * mapTile('label', async ({ result }) => ({ features: toFeatures(result) }), { concurrency: 8 })
 */
export function mapTile<T extends object, L extends object>(
  name: string,
  work: StageWork<T, L>,
  options: StageOptions = {},
): OperatorFunction<Envelope<T>, Envelope<T & L>> {
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  const plan = planStage(name, work, options);
  return mergeTasks(
    (envelope: Envelope<T>, host: TaskHost<Envelope<T & L>>) => stageTask(plan, envelope, host),
    concurrency,
  );
}
