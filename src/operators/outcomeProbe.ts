import { type Context, diag } from '@opentelemetry/api';
import { PollDeadlineError } from '../errors/pollDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import { pollEvent } from '../telemetry/pollEvent.ts';
import { findOutcome, type Outcome } from './findOutcome.ts';
import type { InvokedTile } from './invokedTile.ts';
import type { PollPlan } from './pollSchedule.ts';

/** What an {@link OutcomeProbe} works with. */
export interface OutcomeProbeOptions {
  readonly endpoint: AsyncEndpoint;
  readonly invocation: InvokedTile['invocation'];
  readonly plan: PollPlan;
  readonly signal: AbortSignal;
  readonly context: Context;
  readonly now: () => number;
  /** Called once the job has ended for sure: its outcome is there, or its deadline is over. */
  readonly ended?: () => void;
}

/** S3 answers 403 instead of 404 for a missing key without `s3:ListBucket`; only after so long it is taken for a refusal. */
const deniedPatienceMs = 60_000;

/** The looks for one job's outcome: when they are due, what each finds, and when to stop. */
export class OutcomeProbe {
  readonly #options: OutcomeProbeOptions;
  #sinceMs = 0;
  #deniedSinceMs: number | undefined;

  constructor(options: OutcomeProbeOptions) {
    this.#options = options;
  }

  /** Time left until the tile's deadline. */
  get remainingMs(): number {
    return Math.max(0, this.#options.invocation.dueMs - this.#options.now());
  }

  get firstDelayMs(): number {
    return Math.min(this.#options.plan.firstMs, this.remainingMs);
  }

  /** Wait after a look that found nothing; the last wait ends at the deadline. */
  delayMs(attempt: number): number {
    const waitMs = this.#options.plan.nextMs(this.#sinceMs, attempt) - this.#elapsedMs;
    return Math.max(1, Math.min(waitMs, this.remainingMs));
  }

  /** Looks once. @throws PollDeadlineError when it finds nothing and the deadline is over. */
  async look(attempt: number): Promise<Outcome | undefined> {
    const { endpoint, invocation, plan, signal, context } = this.#options;
    const pendingMs = this.#sinceMs;
    this.#sinceMs = this.#elapsedMs;
    const last = this.remainingMs <= 0;
    const failure = last || plan.looksForFailure(this.#sinceMs, attempt);
    pollEvent(context, attempt);
    let denied: unknown;
    try {
      const outcome = await findOutcome(endpoint, invocation, { signal, failure, notBeforeMs: invocation.notBeforeMs });
      if (outcome !== undefined) {
        plan.found(pendingMs, this.#sinceMs);
        this.#options.ended?.();
        return outcome;
      }
      this.#deniedSinceMs = undefined;
    } catch (error) {
      denied = this.#judge(error);
    }
    if (last) {
      const { dueMs, acceptedMs } = invocation;
      this.#options.ended?.();
      throw new PollDeadlineError(Math.round(dueMs - acceptedMs), { cause: denied });
    }
    return undefined;
  }

  get #elapsedMs(): number {
    return this.#options.now() - this.#options.invocation.acceptedMs;
  }

  /** Answers the error of a look that is to be tried again, throws one that is not. */
  #judge(error: unknown): unknown {
    const { code, retryable, message } = toSwathError(error);
    if (retryable) return error;
    if (code !== 'ACCESS_DENIED') throw error;
    if (this.#deniedSinceMs === undefined)
      diag.warn(`${message}; taken for "not there yet" for ${deniedPatienceMs / 1000} s`);
    this.#deniedSinceMs ??= this.#sinceMs;
    if (this.#sinceMs - this.#deniedSinceMs >= deniedPatienceMs) throw error;
    return error;
  }
}
