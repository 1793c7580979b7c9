import type { Context } from '@opentelemetry/api';
import { asyncScheduler, from, type Subscriber, type Subscription } from 'rxjs';
import { AttemptTimeoutError } from '../errors/attemptTimeoutError.ts';
import { NoResultError } from '../errors/noResultError.ts';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { instruments } from '../telemetry/metrics.ts';
import { startStageSpan } from '../telemetry/startStageSpan.ts';
import type { Envelope } from '../tile/envelope.ts';
import { defaultRetry, type StageOptions, type StageWork } from './stage.ts';
import { StageAttempt } from './stageAttempt.ts';

/** What a {@link StageRun} is made of. */
export interface StageTask<T extends object, L> {
  readonly name: string;
  readonly envelope: Envelope<T>;
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
export class StageRun<T extends object, L> {
  readonly #context: Context;
  readonly #task: StageTask<T, L>;
  readonly #subscriber: Subscriber<Envelope<T & L>>;
  readonly #startedMs: number;
  readonly #removeListener: () => void;
  #attempt: StageAttempt;
  #ended = false;
  #lastError: unknown;
  #running: Subscription | undefined;
  #timeout: Subscription | undefined;
  #deadline: Subscription | undefined;

  constructor(task: StageTask<T, L>, subscriber: Subscriber<Envelope<T & L>>) {
    const { name, envelope, options } = task;
    this.#task = task;
    this.#subscriber = subscriber;
    this.#startedMs = task.now();
    this.#context = startStageSpan(name, envelope.context);
    this.#attempt = new StageAttempt(1, this.#context, envelope.delivery);
    this.#removeListener = envelope.delivery.onAbandon(() => this.#end('abandoned'));
    if (options.deadlineMs !== undefined) {
      const { deadlineMs } = options;
      this.#deadline = asyncScheduler.schedule(() => this.#fail(this.#missed(deadlineMs)), deadlineMs);
    }
    this.#begin();
  }

  /** Stops without an outcome; does nothing once there is one. */
  cancel(): void {
    if (!this.#ended) this.#end('cancelled');
  }

  #begin(): void {
    const { name, envelope, work, options } = this.#task;
    const attempt = this.#attempt;
    const current = (): boolean => !this.#ended && attempt === this.#attempt;
    if (options.timeoutMs !== undefined) {
      const { timeoutMs } = options;
      this.#timeout = asyncScheduler.schedule(
        () => this.#retryAfter(new AttemptTimeoutError(name, timeoutMs)),
        timeoutMs,
      );
    }
    try {
      const answer = work(envelope.tile, attempt);
      if (answer instanceof Promise) {
        answer.then(
          (learnt: L) => current() && this.#succeed(learnt),
          (error: unknown) => current() && this.#retryAfter(error),
        );
        return;
      }
      const running = from(answer).subscribe({
        next: (learnt) => current() && this.#succeed(learnt),
        error: (error: unknown) => current() && this.#retryAfter(error),
        complete: () => current() && this.#retryAfter(new NoResultError(name)),
      });
      // It may have ended at once: then what runs now is the wait for the next attempt, if anything.
      if (current()) this.#running = running;
      else running.unsubscribe();
    } catch (error) {
      if (current()) this.#retryAfter(error);
    }
  }

  #succeed(learnt: L): void {
    this.#end(undefined);
    this.#subscriber.next(this.#task.envelope.with(learnt));
    this.#subscriber.complete();
  }

  #retryAfter(error: unknown): void {
    const { name, options } = this.#task;
    const { maxAttempts = defaultRetry.maxAttempts, delayMs = defaultRetry.delayMs } = options.retry ?? {};
    const failed = this.#attempt.attempt;
    this.#lastError = error;
    if (failed >= maxAttempts || !toSwathError(error).retryable) {
      this.#fail(error);
      return;
    }
    this.#stopAttempt(true);
    this.#attempt = new StageAttempt(failed + 1, this.#context, this.#task.envelope.delivery);
    instruments().retried(name);
    this.#running = asyncScheduler.schedule(() => this.#begin(), delayMs(failed));
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#end(error);
    const { envelope, name } = this.#task;
    envelope.delivery.nack(error, name);
    this.#subscriber.complete();
  }

  #missed(deadlineMs: number): TileDeadlineError {
    const cause = this.#lastError;
    return new TileDeadlineError(this.#task.name, deadlineMs, cause === undefined ? undefined : { cause });
  }

  #end(outcome: unknown): void {
    const { name, now } = this.#task;
    this.#ended = true;
    this.#stopAttempt(outcome !== undefined); // what has answered is not cancelled
    this.#deadline?.unsubscribe();
    this.#removeListener();
    endStageSpan(this.#context, outcome);
    instruments().stageEnded(name, (now() - this.#startedMs) / 1000, outcome !== undefined);
    if (outcome === 'abandoned') this.#subscriber.complete();
  }

  #stopAttempt(cancelling: boolean): void {
    this.#timeout?.unsubscribe();
    this.#running?.unsubscribe();
    if (cancelling) this.#attempt.cancel();
  }
}
