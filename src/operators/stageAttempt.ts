import type { Context } from '@opentelemetry/api';
import type { Delivery } from '../tile/delivery.ts';
import type { StageInfo } from './stage.ts';

/** One attempt of a stage at a tile, as its work sees it. */
export class StageAttempt implements StageInfo {
  readonly attempt: number;
  readonly context: Context;
  readonly delivery: Delivery;
  #cancelled = false;
  #controller: AbortController | undefined;

  constructor(attempt: number, context: Context, delivery: Delivery) {
    this.attempt = attempt;
    this.context = context;
    this.delivery = delivery;
  }

  /** Made only for work that asks for it: most stages never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#cancelled) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Aborts the signal, also one that is asked for later. */
  cancel(): void {
    this.#cancelled = true;
    this.#controller?.abort();
  }
}
