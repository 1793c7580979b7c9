import type { Context } from '@opentelemetry/api';
import type { RootDelivery } from './delivery.ts';
import { JobTrail } from './jobTrail.ts';
import type { Origin } from './origin.ts';
import type { PartitionLedger } from './partitionLedger.ts';
import type { Placed } from './placedSet.ts';

/** Whom a {@link TrackedDelivery} reports its settlement to. */
export interface SettlementListener<R> {
  acked(delivery: TrackedDelivery<R>): void;
  nacked(delivery: TrackedDelivery<R>, reason: unknown, stage: string): void;
  /** Something is to be committed though nothing was settled. */
  noted(): void;
}

/** Facts of one delivery. */
export interface DeliveryFacts<R> {
  readonly record: R;
  readonly origin: Origin;
  readonly slot: number;
  readonly bytes: number;
  readonly attempt: number;
  readonly context: Context;
  /** Monotonic clock at the first delivery, in milliseconds. */
  readonly openedMs: number;
}

/** A delivery that a ledger tracks: settles once, and is abandoned when its partition is gone. */
export class TrackedDelivery<R> implements RootDelivery, Placed {
  place = 0;
  readonly facts: DeliveryFacts<R>;
  readonly ledger: PartitionLedger;
  readonly #listener: SettlementListener<R>;
  readonly #told: number | undefined;
  #jobs: JobTrail | undefined;
  #leaves = 1;
  #settled = false;
  #abandoned = false;
  #abandonListeners: (() => void)[] | undefined;

  constructor(facts: DeliveryFacts<R>, ledger: PartitionLedger, listener: SettlementListener<R>) {
    this.facts = facts;
    this.ledger = ledger;
    this.#listener = listener;
    this.#told = ledger.window.jobOf(facts.slot);
  }

  get origin(): Origin {
    return this.facts.origin;
  }

  get attempt(): number {
    return this.facts.attempt;
  }

  get redelivered(): boolean {
    return this.facts.attempt > 1 || this.#told !== undefined || this.ledger.mayRepeat(this.facts.slot);
  }

  get context(): Context {
    return this.facts.context;
  }

  get jobs(): JobTrail {
    this.#jobs ??= new JobTrail({ runs: (job) => this.#note(job), ended: (job) => this.#ended(job) }, this.#told);
    return this.#jobs;
  }

  get settled(): boolean {
    return this.#settled;
  }

  get abandoned(): boolean {
    return this.#abandoned;
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

  ack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#listener.acked(this);
  }

  nack(reason: unknown, stage = 'unnamed'): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#listener.nacked(this, reason, stage);
  }

  #note(job: number | undefined): void {
    if (this.#settled) return;
    this.ledger.noteJob(this.facts.slot, job);
    this.#listener.noted();
  }

  /** What is noted of a later stage's job stays: the tile is on its way there. */
  #ended(job: number): void {
    if (!this.#settled && this.ledger.window.jobOf(this.facts.slot) === job) this.#note(undefined);
  }

  onAbandon(listener: () => void): () => void {
    if (this.#abandonListeners === undefined) this.#abandonListeners = [listener];
    else this.#abandonListeners.push(listener);
    const listeners = this.#abandonListeners;
    return () => {
      const at = listeners.lastIndexOf(listener);
      if (at >= 0) listeners.splice(at, 1);
    };
  }

  /** Called by the ledger alone: whatever the outcome will be, nobody waits for it any more. */
  abandon(): void {
    this.#settled = true;
    this.#abandoned = true;
    for (const listener of this.#abandonListeners?.splice(0) ?? []) listener();
  }
}
