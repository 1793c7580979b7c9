import { map, type Observable, type OperatorFunction, of, switchMap, timer } from 'rxjs';
import { InferenceFailedError } from '../errors/inferenceFailedError.ts';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import type { Outcome } from './findOutcome.ts';
import type { InferenceResult } from './inferenceResult.ts';
import type { InvokedTile } from './invokeAsync.ts';
import { mergeTiles } from './mergeTiles.ts';
import { OutcomeProbe } from './outcomeProbe.ts';
import type { PollSchedule } from './pollSchedule.ts';
import { pollUntil } from './pollUntil.ts';
import { runStage } from './runStage.ts';
import type { StageInfo, StageOptions } from './stage.ts';

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

/** Time the last look may take beyond the tile's deadline, in milliseconds. */
const lastLookMs = 30_000;

/** One tile through {@link awaitResult}. */
export function awaitStage<T extends InvokedTile>(
  envelope: Envelope<T>,
  { endpoint, schedule, now = () => performance.now(), ...options }: AwaitOptions & { readonly schedule: PollSchedule },
) {
  const work = ({ invocation }: T, info: StageInfo): Observable<InferredTile> =>
    outcomeOf({ endpoint, schedule, now }, invocation, info).pipe(
      map((outcome) => {
        if ('result' in outcome) return { result: outcome.result };
        throw new InferenceFailedError(endpoint.name, outcome.failureUri, outcome.failure);
      }),
    );
  // The looks themselves end at the tile's deadline; the stage's own is for one that never answers.
  const deadlineMs = envelope.tile.invocation.dueMs - now() + lastLookMs;
  return runStage('await', envelope, work, { ...options, deadlineMs, retry: { maxAttempts: 1 } });
}

function outcomeOf(
  { endpoint, schedule, now }: { endpoint: AsyncEndpoint; schedule: PollSchedule; now: () => number },
  invocation: InvokedTile['invocation'],
  { signal, context }: StageInfo,
): Observable<Outcome> {
  if (invocation.earlier !== undefined) return of(invocation.earlier);
  const probe = new OutcomeProbe({ endpoint, invocation, plan: schedule.plan(), signal, context, now });
  const looking = pollUntil((attempt) => probe.look(attempt), {
    delayMs: (attempt) => probe.delayMs(attempt),
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return probe.firstDelayMs > 0 ? timer(probe.firstDelayMs).pipe(switchMap(() => looking)) : looking;
}
