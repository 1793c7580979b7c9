import type { Context } from '@opentelemetry/api';
import { asyncScheduler, from, type Subscriber, type Subscription } from 'rxjs';
import { AttemptTimeoutError } from '../errors/attemptTimeoutError.ts';
import { NoResultError } from '../errors/noResultError.ts';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { instruments } from '../telemetry/metrics.ts';
import { startStageSpan } from '../telemetry/startStageSpan.ts';
import type { Delivery } from '../tile/delivery.ts';
import type { Envelope } from '../tile/envelope.ts';
import { defaultRetry, type StageInfo, type StageOptions, type StageWork } from './stage.ts';

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
export class StageRun<T extends object, L> implements StageInfo {
  readonly context: Context;
  readonly #task: StageTask<T, L>;
  readonly #subscriber: Subscriber<Envelope<T & L>>;
  readonly #startedMs: number;
  readonly #removeListener: () => void;
  #attempt = 1;
  #ended = false;
  #controller: AbortController | undefined;
  #running: Subscription | undefined;
  #timeout: Subscription | undefined;
  #deadline: Subscription | undefined;

  constructor(task: StageTask<T, L>, subscriber: Subscriber<Envelope<T & L>>) {
    const { name, envelope, options } = task;
    this.#task = task;
    this.#subscriber = subscriber;
    this.#startedMs = task.now();
    this.context = startStageSpan(name, envelope.context);
    this.#removeListener = envelope.delivery.onAbandon(() => this.#end('abandoned'));
    if (options.deadlineMs !== undefined) {
      const { deadlineMs } = options;
      this.#deadline = asyncScheduler.schedule(() => this.#fail(new TileDeadlineError(name, deadlineMs)), deadlineMs);
    }
    this.#begin();
  }

  get attempt(): number {
    return this.#attempt;
  }

  get delivery(): Delivery {
    return this.#task.envelope.delivery;
  }

  /** Made only for work that asks for it: most stages never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended) this.#controller.abort();
    return this.#controller.signal;
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
      const answer = work(envelope.tile, this);
      if (answer instanceof Promise) {
        answer.then(
          (learnt: L) => current() && this.#succeed(learnt),
          (error: unknown) => current() && this.#retryAfter(error),
        );
        return;
      }
      this.#running = from(answer).subscribe({
        next: (learnt) => current() && this.#succeed(learnt),
        error: (error: unknown) => current() && this.#retryAfter(error),
        complete: () => current() && this.#retryAfter(new NoResultError(name)),
      });
      if (!current()) this.#running.unsubscribe();
    } catch (error) {
      this.#retryAfter(error);
    }
  }

  #succeed(learnt: L): void {
    this.#controller = undefined; // it has answered: there is nothing to abort
    this.#end(undefined);
    this.#subscriber.next(this.#task.envelope.with(learnt));
    this.#subscriber.complete();
  }

  #retryAfter(error: unknown): void {
    const { name, options } = this.#task;
    const { maxAttempts = defaultRetry.maxAttempts, delayMs = defaultRetry.delayMs } = options.retry ?? {};
    const failed = this.#attempt;
    if (failed >= maxAttempts || !toSwathError(error).retryable) {
      this.#fail(error);
      return;
    }
    this.#stopAttempt();
    this.#attempt += 1;
    instruments().retried(name);
    this.#running = asyncScheduler.schedule(() => this.#begin(), delayMs(failed));
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#end(error);
    this.delivery.nack(error, this.#task.name);
    this.#subscriber.complete();
  }

  #end(outcome: unknown): void {
    const { name, now } = this.#task;
    this.#ended = true;
    this.#stopAttempt();
    this.#deadline?.unsubscribe();
    this.#removeListener();
    endStageSpan(this.context, outcome);
    instruments().stageEnded(name, (now() - this.#startedMs) / 1000, outcome !== undefined);
    if (outcome === 'abandoned') this.#subscriber.complete();
  }

  #stopAttempt(): void {
    this.#timeout?.unsubscribe();
    this.#running?.unsubscribe();
    this.#controller?.abort();
    this.#controller = undefined;
  }
}
