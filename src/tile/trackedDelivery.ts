import type { Context } from '@opentelemetry/api';
import type { RootDelivery } from './delivery.ts';
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
  #jobRuns: boolean;
  #leaves = 1;
  #settled = false;
  #abandoned = false;
  #abandonListeners: (() => void)[] | undefined;

  constructor(facts: DeliveryFacts<R>, ledger: PartitionLedger, listener: SettlementListener<R>) {
    this.facts = facts;
    this.ledger = ledger;
    this.#listener = listener;
    this.#jobRuns = ledger.window.jobRuns(facts.slot);
  }

  get origin(): Origin {
    return this.facts.origin;
  }

  get attempt(): number {
    return this.facts.attempt;
  }

  get redelivered(): boolean {
    return this.facts.attempt > 1 || this.#jobRuns || this.ledger.mayRepeat(this.facts.slot);
  }

  get context(): Context {
    return this.facts.context;
  }

  get jobRuns(): boolean {
    return this.#jobRuns;
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

  jobStarted(): void {
    this.#note(true);
  }

  jobEnded(): void {
    this.#jobRuns = false;
    this.#note(false);
  }

  #note(runs: boolean): void {
    if (this.#settled) return;
    this.ledger.noteJob(this.facts.slot, runs);
    this.#listener.noted();
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
