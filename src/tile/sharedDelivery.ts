import type { Context } from '@opentelemetry/api';
import type { Delivery, RootDelivery } from './delivery.ts';
import type { Origin } from './origin.ts';

/**
 * Splits the duty to settle one delivery into parts: acknowledged when all parts are, failed with the first that fails.
 *
 * Jobs are noted at the whole once every part had one started, or needed none: only then may all parts of the next delivery wait
 * for theirs. Before that a part could wait for a job that was never started.
 */
export class SharedDelivery {
  readonly #whole: Delivery;
  readonly #jobsRan: boolean;
  #unacked: number;
  #jobless: number;

  constructor(whole: Delivery, parts: number) {
    this.#whole = whole;
    this.#jobsRan = whole.jobRuns;
    this.#unacked = parts;
    this.#jobless = parts;
    if (parts > 1) whole.branch(parts - 1);
  }

  /** One part; call it once for each. */
  part(): Delivery {
    return new DeliveryPart(this.#whole, this.#jobsRan, {
      acked: () => {
        this.#unacked -= 1;
        if (this.#unacked === 0) this.#whole.ack();
        else if (!this.#whole.settled) this.#whole.branch(-1);
      },
      needsNoJob: () => {
        this.#jobless -= 1;
        if (this.#jobless === 0) this.#whole.jobStarted();
      },
    });
  }
}

interface PartListener {
  readonly acked: () => void;
  /** Called once: a job was started for the part, or it is finished without one. */
  readonly needsNoJob: () => void;
}

class DeliveryPart implements Delivery {
  readonly #whole: Delivery;
  readonly #listener: PartListener;
  #jobRuns: boolean;
  #hadJob = false;
  #settled = false;

  constructor(whole: Delivery, jobRuns: boolean, listener: PartListener) {
    this.#whole = whole;
    this.#jobRuns = jobRuns;
    this.#listener = listener;
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

  get jobRuns(): boolean {
    return this.#jobRuns;
  }

  /** True as well when another part has failed the whole. */
  get settled(): boolean {
    return this.#settled || this.#whole.settled;
  }

  get abandoned(): boolean {
    return this.#whole.abandoned;
  }

  get roots(): readonly RootDelivery[] {
    return this.#whole.roots;
  }

  branch(change: number): void {
    this.#whole.branch(change);
  }

  ack(): void {
    if (this.#settled) return;
    this.jobStarted();
    this.#settled = true;
    this.#listener.acked();
  }

  nack(reason: unknown, stage?: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#whole.jobEnded(); // its parts begin anew, whichever way the others have come
    this.#whole.nack(reason, stage);
  }

  jobStarted(): void {
    if (this.#settled || this.#hadJob) return;
    this.#hadJob = true;
    this.#listener.needsNoJob();
  }

  /** The others' jobs may run on, so the whole keeps its note. */
  jobEnded(): void {
    this.#jobRuns = false;
  }

  onAbandon(listener: () => void): () => void {
    return this.#whole.onAbandon(listener);
  }
}
