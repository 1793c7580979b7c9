import type { Context } from '@opentelemetry/api';
import type { Delivery } from './delivery.ts';
import type { Origin } from './origin.ts';

/**
 * A tile on its way through a pipeline, with the duty to settle its delivery once.
 *
 * Stages hand on copies with more tile and the same delivery, made by {@link Envelope.with}.
 */
export class Envelope<T> {
  readonly tile: T;
  readonly delivery: Delivery;

  constructor(tile: T, delivery: Delivery) {
    this.tile = tile;
    this.delivery = delivery;
  }

  get origin(): Origin {
    return this.delivery.origin;
  }

  /** Trace context of the tile. */
  get context(): Context {
    return this.delivery.context;
  }

  /** Copies the envelope with what a stage has learnt; fields of the same name are replaced. */
  with<Learnt>(learnt: Learnt): Envelope<T & Learnt> {
    return new Envelope({ ...this.tile, ...learnt }, this.delivery);
  }

  ack(): void {
    this.delivery.ack();
  }

  nack(reason: unknown, stage?: string): void {
    this.delivery.nack(reason, stage);
  }
}
