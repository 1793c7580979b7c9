import type { Context } from '@opentelemetry/api';
import type { Delivery } from './delivery.ts';
import type { Origin } from './origin.ts';

/** Splits the duty to settle one delivery into parts: acknowledged when all parts are, failed with the first that fails. */
export class SharedDelivery {
  readonly #whole: Delivery;
  #left: number;

  constructor(whole: Delivery, parts: number) {
    this.#whole = whole;
    this.#left = parts;
  }

  /** One part; call it once for each. */
  part(): Delivery {
    return new DeliveryPart(this.#whole, () => {
      this.#left -= 1;
      if (this.#left === 0) this.#whole.ack();
    });
  }
}

class DeliveryPart implements Delivery {
  readonly #whole: Delivery;
  readonly #acked: () => void;
  #settled = false;

  constructor(whole: Delivery, acked: () => void) {
    this.#whole = whole;
    this.#acked = acked;
  }

  get origin(): Origin {
    return this.#whole.origin;
  }

  get attempt(): number {
    return this.#whole.attempt;
  }

  get redelivered(): boolean {
    return this.#whole.redelivered;
  }

  get context(): Context {
    return this.#whole.context;
  }

  /** True as well when another part has failed the whole. */
  get settled(): boolean {
    return this.#settled || this.#whole.settled;
  }

  get abandoned(): boolean {
    return this.#whole.abandoned;
  }

  ack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#acked();
  }

  nack(reason: unknown, stage?: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#whole.nack(reason, stage);
  }

  onAbandon(listener: () => void): () => void {
    return this.#whole.onAbandon(listener);
  }
}
