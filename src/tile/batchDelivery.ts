import type { Context } from '@opentelemetry/api';
import type { Delivery, RootDelivery } from './delivery.ts';
import { JobTrail } from './jobTrail.ts';
import type { Origin } from './origin.ts';

/**
 * The duty to settle several deliveries together. Its origin and trace are those of the first.
 *
 * A job for a batch is noted at none of them: after a crash the tiles come in other batches, whose jobs have other names.
 */
export class BatchDelivery implements Delivery {
  readonly jobs = new JobTrail();
  readonly #deliveries: readonly [Delivery, ...Delivery[]];

  constructor(deliveries: readonly [Delivery, ...Delivery[]]) {
    this.#deliveries = deliveries;
  }

  get origin(): Origin {
    return this.#deliveries[0].origin;
  }

  get attempt(): number {
    return Math.max(...this.#deliveries.map(({ attempt }) => attempt));
  }

  get redelivered(): boolean {
    return this.#deliveries.some(({ redelivered }) => redelivered);
  }

  get context(): Context {
    return this.#deliveries[0].context;
  }

  get settled(): boolean {
    return this.#deliveries.every(({ settled }) => settled);
  }

  get abandoned(): boolean {
    return this.#deliveries.every(({ abandoned }) => abandoned);
  }

  get roots(): readonly RootDelivery[] {
    return this.#deliveries.flatMap(({ roots }) => roots);
  }

  branch(change: number): void {
    for (const delivery of this.#deliveries) delivery.branch(change);
  }

  ack(): void {
    for (const delivery of this.#deliveries) delivery.ack();
  }

  nack(reason: unknown, stage?: string): void {
    for (const delivery of this.#deliveries) delivery.nack(reason, stage);
  }

  /** Calls `listener` once, when the last of the deliveries is abandoned. */
  onAbandon(listener: () => void): () => void {
    let told = false;
    const removals = this.#deliveries.map((delivery) =>
      delivery.onAbandon(() => {
        if (told || !this.abandoned) return; // parts of one record are abandoned together, and say so one by one
        told = true;
        listener();
      }),
    );
    return () => {
      for (const remove of removals) remove();
    };
  }
}
