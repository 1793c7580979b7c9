import type { Context } from '@opentelemetry/api';
import type { Delivery, RootDelivery } from './delivery.ts';
import { JobTrail } from './jobTrail.ts';
import type { Origin } from './origin.ts';

/**
 * What is left to do for a delivery that failed: its record is to be taken somewhere else.
 *
 * It is a root of its own, so that what is written of the failure is never taken for a part of what the delivery was to become.
 */
export class FailedDelivery implements RootDelivery {
  /** No endpoint works on a failed delivery. */
  readonly jobs = new JobTrail();
  readonly #failed: Delivery;
  #leaves = 1;
  #settled = false;

  constructor(failed: Delivery) {
    this.#failed = failed;
  }

  get origin(): Origin {
    return this.#failed.origin;
  }

  get attempt(): number {
    return this.#failed.attempt;
  }

  get redelivered(): boolean {
    return this.#failed.redelivered;
  }

  get context(): Context {
    return this.#failed.context;
  }

  get abandoned(): boolean {
    return this.#failed.abandoned;
  }

  get settled(): boolean {
    return this.#settled || this.abandoned;
  }

  get roots(): readonly [this] {
    return [this];
  }

  get leaves(): number {
    return this.#leaves;
  }

  branch(change: number): void {
    this.#leaves += change;
  }

  /** Says that the record is where it was to go; the source finishes the position. */
  ack(): void {
    this.#settled = true;
  }

  /** Says that it is to be delivered again, or that the source ends; the delivery itself has failed before. */
  nack(): void {
    this.#settled = true;
  }

  onAbandon(listener: () => void): () => void {
    return this.#failed.onAbandon(listener);
  }
}
