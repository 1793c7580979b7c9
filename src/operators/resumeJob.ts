import { diag } from '@opentelemetry/api';
import { catchError, map, mergeMap, type Observable, type ObservableInput, of, throwError } from 'rxjs';
import { PollDeadlineError } from '../errors/pollDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { AsyncEndpoint, Invocation } from '../ports/asyncEndpoint.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { Outcome } from './findOutcome.ts';
import type { InvokedTile } from './invokedTile.ts';
import { planStage } from './planStage.ts';
import type { PollPlan, PollSchedule } from './pollSchedule.ts';
import { runStage } from './runStage.ts';
import { seekOutcome } from './seekOutcome.ts';
import type { StageInfo, StageOptions } from './stage.ts';
import type { UploadedTile } from './uploadTile.ts';
import { lastLookMs, watchOutcome } from './watchOutcome.ts';

/** Options of {@link resumeJob}. */
export interface ResumeOptions extends Pick<StageOptions, 'timeoutMs' | 'retry'> {
  readonly endpoint: AsyncEndpoint;
  readonly schedule: PollSchedule;
  /** Longest wait for a job that runs, in milliseconds; the endpoint was told to give up by then. */
  readonly tileDeadlineMs: number;
  readonly now: () => number;
}

/** Endpoints of which was said that the place of their failures is not known. */
const warned = new WeakSet<AsyncEndpoint>();

/** What the search for an earlier job found. */
interface Sought {
  readonly earlier: Outcome | undefined;
}

/**
 * One redelivered tile before a job is started for it: takes the outcome of the job it had, or starts another.
 *
 * A job that is known to run is waited for, by the stage whose job it is. Any other is looked for once, and only for its output: that it failed is no
 * reason not to try again.
 *
 * @param uploaded - What is known of the tile without an upload.
 * @param start - Starts a job when there is no outcome.
 */
export function resumeJob<T extends object>(
  envelope: Envelope<T>,
  uploaded: UploadedTile,
  options: ResumeOptions,
  start: (envelope: Envelope<T>) => Observable<Envelope<T & UploadedTile & InvokedTile>>,
): Observable<Envelope<T & UploadedTile & InvokedTile>> {
  const { endpoint, tileDeadlineMs, now, timeoutMs, retry } = options;
  const { delivery } = envelope;
  const expected = endpoint.expected(uploaded.jobName);
  if (expected === undefined) return start(envelope);
  const { jobName, input } = uploaded;
  const startedMs = now();
  const dueMs = startedMs + tileDeadlineMs;
  const known = (earlier?: Outcome) => ({
    jobName,
    input,
    invocation: { ...expected, acceptedMs: startedMs, dueMs, ...(earlier && { earlier }) },
  });
  const running = delivery.jobs.runs;
  const work = (_: T, info: StageInfo): ObservableInput<Sought> =>
    running ? wait(latest(endpoint, jobName, known().invocation), info, options) : look(endpoint, expected, info);
  const limits = running
    ? { deadlineMs: tileDeadlineMs + lastLookMs, retry: { maxAttempts: 1 } }
    : { timeoutMs, retry };
  return runStage(planStage('resume', work, limits), envelope).pipe(
    mergeMap(({ tile: { earlier } }) => {
      if (earlier !== undefined) delivery.jobs.ended();
      else if (running) delivery.jobs.lost();
      return earlier === undefined ? start(envelope) : of(envelope.with(known(earlier)));
    }),
  );
}

/** Waits for the job; without an outcome by the deadline there will be none. */
function wait(
  invocation: InvokedTile['invocation'],
  { signal, context }: StageInfo,
  { endpoint, schedule, tileDeadlineMs, now }: ResumeOptions,
): Observable<Sought> {
  const foundNothing = (): void => {
    if (invocation.failureUri === undefined) warnOfFailures(endpoint, tileDeadlineMs);
  };
  const plan = fromNowOn(schedule.plan(), foundNothing);
  return watchOutcome({ endpoint, invocation, plan, signal, context, now }).pipe(
    catchError((error: unknown) => (error instanceof PollDeadlineError ? of(undefined) : throwError(() => error))),
    map((earlier) => ({ earlier })),
  );
}

/** Looks once. The failure of an earlier job must not be taken for that of the next, by this process or by whoever comes after it. */
async function look(endpoint: AsyncEndpoint, expected: Invocation, { signal }: StageInfo): Promise<Sought> {
  const found = await seekOutcome(endpoint, expected, { signal, failure: true });
  if (found === undefined || 'result' in found) return { earlier: found };
  try {
    await endpoint.store.delete(found.failureUri, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const { message } = toSwathError(error);
    diag.warn(`${message}; the old failure object may be taken for the outcome of the next job`);
  }
  return { earlier: undefined };
}

/** Where the outcome is expected, as the endpoint learns it from its answers meanwhile. */
function latest(endpoint: AsyncEndpoint, name: string, invocation: InvokedTile['invocation']): typeof invocation {
  return {
    ...invocation,
    get outputUri() {
      return endpoint.expected(name)?.outputUri ?? invocation.outputUri;
    },
    get failureUri() {
      return endpoint.expected(name)?.failureUri;
    },
  };
}

/** Says once for each endpoint why tiles may stand still: a job that failed cannot be told from one that runs. */
function warnOfFailures(endpoint: AsyncEndpoint, tileDeadlineMs: number): void {
  if (warned.has(endpoint)) return;
  warned.add(endpoint);
  const reason = `it is not known where endpoint ${endpoint.name} leaves failures (option failurePrefix)`;
  diag.warn(`${reason}: an earlier job that failed is waited for until its first answer, or for ${tileDeadlineMs} ms`);
}

/** The plan of a job that was accepted nobody knows when: looks for all at once, and has nothing to teach. */
function fromNowOn(plan: PollPlan, foundNothing: () => void): PollPlan {
  return {
    firstMs: 0,
    nextMs: (sinceMs, attempt) => {
      if (attempt > 1) foundNothing(); // the first look may just be too early
      return plan.nextMs(sinceMs, attempt);
    },
    looksForFailure: (sinceMs, attempt) => attempt === 1 || plan.looksForFailure(sinceMs, attempt),
    found: () => undefined,
  };
}
