import { type Context, diag } from '@opentelemetry/api';
import { asyncScheduler, from, type Subscription } from 'rxjs';
import { longestTimerMs } from '../config/longestTimerMs.ts';
import { AttemptTimeoutError } from '../errors/attemptTimeoutError.ts';
import { messageOf } from '../errors/messageOf.ts';
import { NoResultError } from '../errors/noResultError.ts';
import { ServiceError } from '../errors/serviceError.ts';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { instruments } from '../telemetry/metrics.ts';
import { startStageSpan } from '../telemetry/startStageSpan.ts';
import type { Envelope } from '../tile/envelope.ts';
import { defaultRetry, type StageOptions, type StageWork } from './stage.ts';
import { StageAttempt } from './stageAttempt.ts';
import type { Task, TaskHost } from './task.ts';
import { tellOutage } from './tellOutage.ts';

/** What the runs of a stage have in common. */
export interface StagePlan<T extends object, L> {
  readonly name: string;
  readonly work: StageWork<T, L>;
  readonly options: StageOptions;
  readonly now: () => number;
}

/**
 * One tile in one stage, from its first attempt to its outcome.
 *
 * Written out instead of composed of `timeout`, `retry`, `catchError`, `takeUntil` and `finalize`: with a thousand tiles in
 * flight, the subscribers of these operators were most of the garbage and half of the CPU of a tile (docs/decisions).
 */
export class StageRun<T extends object, L> implements Task {
  place = 0;
  readonly #context: Context;
  readonly #plan: StagePlan<T, L>;
  readonly #envelope: Envelope<T>;
  readonly #host: TaskHost<Envelope<T & L>>;
  readonly #startedMs: number;
  readonly #removeListener: () => void;
  #attempt: StageAttempt;
  #ended = false;
  #lastError: unknown;
  /** Attempts that met an outage while there was time for it. */
  #excused = 0;
  #running: Subscription | undefined;
  #timeout: Subscription | undefined;
  #deadline: Subscription | undefined;

  constructor(plan: StagePlan<T, L>, envelope: Envelope<T>, host: TaskHost<Envelope<T & L>>) {
    this.#plan = plan;
    this.#envelope = envelope;
    this.#host = host;
    this.#startedMs = plan.now();
    this.#context = startStageSpan(plan.name, envelope.context);
    this.#attempt = new StageAttempt(1, this.#context, envelope.delivery);
    this.#removeListener = envelope.delivery.onAbandon(() => this.#end('abandoned'));
  }

  run(): void {
    const { options } = this.#plan;
    if (options.deadlineMs !== undefined) {
      const { deadlineMs } = options;
      const end = (): void => this.#fail(this.#missed(deadlineMs));
      this.#deadline = asyncScheduler.schedule(end, Math.min(deadlineMs, longestTimerMs));
    }
    this.#begin();
  }

  /** Stops without an outcome; does nothing once there is one. */
  cancel(): void {
    if (!this.#ended) this.#end('cancelled');
  }

  #begin(): void {
    const { name, work, options } = this.#plan;
    const attempt = this.#attempt;
    if (options.timeoutMs !== undefined) {
      const { timeoutMs } = options;
      this.#timeout = asyncScheduler.schedule(
        () => this.#retryAfter(new AttemptTimeoutError(name, timeoutMs)),
        Math.min(timeoutMs, longestTimerMs),
      );
    }
    try {
      const answer = work(this.#envelope.tile, attempt);
      if (answer instanceof Promise) {
        answer.then(
          (learnt: L) => this.#isCurrent(attempt) && this.#succeed(learnt),
          (error: unknown) => this.#isCurrent(attempt) && this.#retryAfter(error),
        );
        return;
      }
      const running = from(answer).subscribe({
        next: (learnt) => this.#isCurrent(attempt) && this.#succeed(learnt),
        error: (error: unknown) => this.#isCurrent(attempt) && this.#retryAfter(error),
        complete: () => this.#isCurrent(attempt) && this.#retryAfter(new NoResultError(name)),
      });
      // It may have ended at once: then what runs now is the wait for the next attempt, if anything.
      if (this.#isCurrent(attempt)) this.#running = running;
      else running.unsubscribe();
    } catch (error) {
      if (this.#isCurrent(attempt)) this.#retryAfter(error);
    }
  }

  /** False for what an attempt says after it was cut off. */
  #isCurrent(attempt: StageAttempt): boolean {
    return !this.#ended && attempt === this.#attempt;
  }

  #succeed(learnt: L): void {
    let learned: Envelope<T & L>;
    try {
      learned = this.#envelope.with(learnt);
    } catch (error) {
      this.#retryAfter(error); // an accessor among what was learnt
      return;
    }
    this.#end(undefined);
    this.#host.ended(this, learned);
  }

  #retryAfter(error: unknown): void {
    const { name, options, now } = this.#plan;
    const { retry = {} } = options;
    const { maxAttempts = defaultRetry.maxAttempts, delayMs = defaultRetry.delayMs, outageForMs = 0 } = retry;
    const failed = this.#attempt.attempt;
    const reason = toSwathError(error);
    const { retryable } = reason;
    const isOutage = reason instanceof ServiceError && reason.isOutage;
    const excusedForMs = isOutage ? outageForMs - (now() - this.#startedMs) : 0;
    const excused = excusedForMs > 0;
    if (excused) this.#excused += 1;
    if (excused && this.#excused >= maxAttempts) tellOutage(name, reason, now());
    this.#lastError = error;
    const spent = reason instanceof TileDeadlineError || (!excused && failed - this.#excused >= maxAttempts);
    if (spent || !retryable) {
      this.#fail(error);
      return;
    }
    this.#stopAttempt(true);
    this.#attempt = new StageAttempt(failed + 1, this.#context, this.#envelope.delivery);
    instruments().retried(name);
    this.#running = asyncScheduler.schedule(
      () => this.#begin(),
      excused ? Math.min(delayMs(failed), excusedForMs) : delayMs(failed),
    );
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#end(error ?? toSwathError(error)); // nothing at all may be thrown
    this.#envelope.delivery.nack(error, this.#plan.name);
    this.#host.ended(this);
  }

  #missed(deadlineMs: number): TileDeadlineError {
    const cause = this.#lastError;
    return new TileDeadlineError(this.#plan.name, deadlineMs, cause === undefined ? undefined : { cause });
  }

  #end(outcome: unknown): void {
    const { name, now } = this.#plan;
    this.#ended = true;
    this.#stopAttempt(outcome !== undefined); // what has answered is not cancelled
    this.#deadline?.unsubscribe();
    this.#removeListener();
    endStageSpan(this.#context, outcome);
    instruments().stageEnded(name, (now() - this.#startedMs) / 1000, outcome !== undefined);
    if (outcome === 'abandoned') this.#host.ended(this);
  }

  #stopAttempt(cancelling: boolean): void {
    this.#timeout?.unsubscribe();
    try {
      this.#running?.unsubscribe();
    } catch (error) {
      diag.warn(`stage ${this.#plan.name} failed to clean up: ${messageOf(error)}`);
    }
    if (cancelling) this.#attempt.cancel();
  }
}
