import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { RootDelivery } from '../tile/delivery.ts';
import { Envelope } from '../tile/envelope.ts';
import { JobTrail } from '../tile/jobTrail.ts';
import type { Origin } from '../tile/origin.ts';

/** A delivery that writes down how it was settled. */
export interface TestDelivery extends RootDelivery {
  /** Every settlement, in order: `ack`, or `nack` with its stage and reason. More than one is a fault of the code under test. */
  readonly settlements: readonly (readonly ['ack'] | readonly ['nack', stage: string | undefined, reason: unknown])[];
  /** What stages noted of the tile's jobs, in order, like `runs 0` and `ended 0`; `runs none` takes back what was noted. */
  readonly jobLog: readonly string[];
  /** Abandons the delivery, as a revocation does. */
  abandon(): void;
}

/** Facts of a test's delivery; all have defaults. */
export interface TestDeliveryFacts {
  readonly origin?: Origin;
  readonly attempt?: number;
  readonly redelivered?: boolean;
  /** Number of the job that was accepted before this delivery, and whose outcome nobody saw. */
  readonly told?: number;
  readonly context?: Context;
}

/** Makes an envelope outside of any source, to test an operator with. */
export function envelopeOf<T extends object>(
  tile: T,
  facts: TestDeliveryFacts = {},
): Envelope<T> & { readonly delivery: TestDelivery } {
  const delivery = new WrittenDelivery(facts);
  return new Envelope(tile, delivery) as Envelope<T> & { readonly delivery: TestDelivery };
}

class WrittenDelivery implements TestDelivery {
  readonly origin: Origin;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly context: Context;
  readonly settlements: (readonly ['ack'] | readonly ['nack', string | undefined, unknown])[] = [];
  readonly jobs: JobTrail;
  readonly jobLog: string[] = [];
  readonly #listeners = new Set<() => void>();
  leaves = 1;
  #abandoned = false;

  constructor(facts: TestDeliveryFacts) {
    this.origin = facts.origin ?? { stream: 'test', partition: '0', position: '0' };
    this.attempt = facts.attempt ?? 1;
    this.redelivered = facts.redelivered ?? (this.attempt > 1 || facts.told !== undefined);
    this.jobs = new JobTrail(
      {
        runs: (job) => this.jobLog.push(`runs ${job ?? 'none'}`),
        ended: (job) => this.jobLog.push(`ended ${job}`),
      },
      facts.told,
    );
    this.context = facts.context ?? ROOT_CONTEXT;
  }

  get settled(): boolean {
    return this.#abandoned || this.settlements.length > 0;
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  get roots(): readonly [this] {
    return [this];
  }

  branch(change: number): void {
    this.leaves += change;
  }

  ack(): void {
    this.settlements.push(['ack']);
  }

  nack(reason: unknown, stage?: string): void {
    this.settlements.push(['nack', stage, reason]);
  }

  onAbandon(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  abandon(): void {
    this.#abandoned = true;
    for (const listener of [...this.#listeners]) listener();
  }
}
