import { map, type Observable, type OperatorFunction, of } from 'rxjs';
import { InferenceFailedError } from '../errors/inferenceFailedError.ts';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import type { Outcome } from './findOutcome.ts';
import type { InferenceResult } from './inferenceResult.ts';
import type { InvokedTile } from './invokedTile.ts';
import { mergeTiles } from './mergeTiles.ts';
import { planStage } from './planStage.ts';
import type { PollSchedule } from './pollSchedule.ts';
import { runStage } from './runStage.ts';
import type { StageInfo, StageOptions } from './stage.ts';
import type { StagePlan } from './stageRun.ts';
import { lastLookMs, watchOutcome } from './watchOutcome.ts';

/** What {@link awaitResult} learns. */
export interface InferredTile {
  readonly result: InferenceResult;
}

/** Options of {@link awaitResult}. */
export interface AwaitOptions extends Omit<StageOptions, 'retry' | 'deadlineMs'> {
  readonly endpoint: AsyncEndpoint;
  /** When to look; default {@link adaptedSchedule}`()`. Share one among the stages of an endpoint: it learns. */
  readonly schedule?: PollSchedule | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Waits for the job's output by looking for it, and for the failure object too: SageMaker has no call that tells a job's state.
 *
 * A look that fails for a passing reason counts as "not there yet".
 *
 * @throws InferenceFailedError (as the tile's nack) with the text of the failure object.
 * @throws PollDeadlineError (likewise) when the tile's deadline passes first.
 * @example
 * awaitResult({ endpoint, schedule: backoffSchedule({ intervalMs: 1_000 }) })
 */
export function awaitResult<T extends InvokedTile>(
  options: AwaitOptions,
): OperatorFunction<Envelope<T>, Envelope<T & InferredTile>> {
  const { concurrency = Number.POSITIVE_INFINITY, schedule = adaptedSchedule() } = options;
  return mergeTiles((envelope) => awaitStage(envelope, { ...options, schedule }), concurrency);
}

/** One tile through {@link awaitResult}. */
export function awaitStage<T extends InvokedTile>(
  envelope: Envelope<T>,
  options: AwaitOptions & { readonly schedule: PollSchedule },
): Observable<Envelope<T & InferredTile>> {
  return runStage(planAwait(envelope, options), envelope);
}

/** Plans the wait for one tile's result. */
export function planAwait<T extends InvokedTile>(
  { tile }: Envelope<T>,
  { endpoint, schedule, now = () => performance.now(), ...options }: AwaitOptions & { readonly schedule: PollSchedule },
): StagePlan<T, InferredTile> {
  const resultOf = (outcome: Outcome): InferredTile => {
    if ('result' in outcome) return { result: outcome.result };
    throw new InferenceFailedError(endpoint.name, outcome.failureUri, outcome.failure);
  };
  const work = ({ invocation }: T, { signal, context, delivery }: StageInfo): Observable<InferredTile> => {
    const { earlier } = invocation;
    const ended = (): void => delivery.jobs.ended();
    const watching = { endpoint, invocation, plan: schedule.plan(), signal, context, now, ended };
    return (earlier === undefined ? watchOutcome(watching) : of(earlier)).pipe(map(resultOf));
  };
  // The looks themselves end at the tile's deadline; the stage's own is for one that never answers.
  const deadlineMs = tile.invocation.dueMs - now() + lastLookMs;
  return planStage('await', work, { ...options, deadlineMs, retry: { maxAttempts: 1 } });
}
