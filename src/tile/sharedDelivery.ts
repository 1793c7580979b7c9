import type { Context } from '@opentelemetry/api';
import type { Delivery, RootDelivery } from './delivery.ts';
import { type JobNotes, JobTrail, maxToldJobs } from './jobTrail.ts';
import type { Origin } from './origin.ts';

/**
 * Splits the duty to settle one delivery into parts: acknowledged when all parts are, failed with the first that fails.
 *
 * A part cannot be told from another in a map. So the whole is noted with the job that the part farthest behind has had accepted,
 * and with none before every part had one or needed none: whoever gets the record next may let each part wait at that stage, as
 * none waits there for a job that was never started. Of jobs that other parts have come to beyond it nothing is told.
 */
export class SharedDelivery {
  readonly #whole: Delivery;
  readonly #start: PartStart;
  #noted: number | undefined;
  #unacked: number;
  /** By the number of jobs that a part has had accepted, the parts that are unfinished. */
  readonly #counts: number[] = new Array(maxToldJobs + 1).fill(0);

  constructor(whole: Delivery, parts: number) {
    const { passed, told } = whole.jobs;
    this.#whole = whole;
    this.#start = { passed, told, had: told === undefined ? passed : told + 1 };
    this.#noted = told;
    this.#unacked = parts;
    this.#counts[levelOf(this.#start.had)] = parts;
    if (parts > 1) whole.branch(parts - 1);
  }

  /** One part; call it once for each. */
  part(): Delivery {
    return new DeliveryPart(this.#whole, this.#start, {
      acked: (had) => {
        this.#move(had, undefined);
        this.#unacked -= 1;
        if (this.#unacked === 0) this.#whole.ack();
        else if (!this.#whole.settled) this.#whole.branch(-1);
      },
      had: (before, now) => this.#move(before, now),
    });
  }

  /** Counts a part among those that have had so many jobs; `undefined` is a part that needs no more. */
  #move(from: number, to: number | undefined): void {
    const counts = this.#counts;
    counts[levelOf(from)] = (counts[levelOf(from)] ?? 0) - 1;
    if (to !== undefined) counts[levelOf(to)] = (counts[levelOf(to)] ?? 0) + 1;
    const least = counts.findIndex((parts) => parts > 0);
    if (least < 0) return; // the whole is finished
    const job = least > this.#start.passed ? least - 1 : undefined;
    if (job === this.#noted) return;
    this.#noted = job;
    this.#whole.jobs.note(job);
  }
}

function levelOf(jobs: number): number {
  return Math.min(jobs, maxToldJobs);
}

/** What is known of every part at first. */
interface PartStart extends Pick<JobTrail, 'passed' | 'told'> {
  /** Jobs that were accepted for it. */
  readonly had: number;
}

interface PartListener {
  /** Called once, with the number of jobs that the part has had accepted. */
  readonly acked: (had: number) => void;
  /** This number has changed. */
  readonly had: (before: number, now: number) => void;
}

class DeliveryPart implements Delivery {
  readonly jobs: JobTrail;
  readonly #whole: Delivery;
  readonly #listener: PartListener;
  #had: number;
  #settled = false;

  constructor(whole: Delivery, { passed, told, had }: PartStart, listener: PartListener) {
    this.#whole = whole;
    this.#had = had;
    this.#listener = listener;
    const notes: JobNotes = {
      runs: (job) => this.#has(job === undefined ? passed : job + 1),
      ended: (job) => this.#has(Math.max(this.#had, job + 1)),
    };
    this.jobs = new JobTrail(notes, told, passed);
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

  get roots(): readonly RootDelivery[] {
    return this.#whole.roots;
  }

  branch(change: number): void {
    this.#whole.branch(change);
  }

  ack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#listener.acked(this.#had);
  }

  nack(reason: unknown, stage?: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#whole.jobs.lost(); // its parts begin anew, whichever way the others have come
    this.#whole.nack(reason, stage);
  }

  onAbandon(listener: () => void): () => void {
    return this.#whole.onAbandon(listener);
  }

  #has(jobs: number): void {
    if (this.settled || jobs === this.#had) return;
    this.#listener.had(this.#had, jobs);
    this.#had = jobs;
  }
}
