import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { firstValueFrom, race, timer } from 'rxjs';
import type { Commit, StoredProgress } from '../../ports/recordReader.ts';
import { kafkaFault } from '../kafkaFault.ts';
import { batchWrites } from './batchWrites.ts';
import { isFenced } from './isFenced.ts';
import type { PartitionProducer } from './partitionProducer.ts';
import type { PendingWrite } from './pendingWrite.ts';
import { Refusals } from './refusals.ts';
import type { Refusal } from './sendOutputs.ts';
import {
  isSameProgress,
  type TransactionPlan,
  TransactionPlanner,
  type TransactionPlannerOptions,
} from './transactionPlanner.ts';

/** What a {@link TransactionLane} works with. */
export interface TransactionLaneOptions extends TransactionPlannerOptions {
  /** For messages: `topic/partition`. */
  readonly name: string;
  /** Longest time a write waits for others to be committed with, in milliseconds. */
  readonly windowMs: number;
  /** Makes a producer of the partition's transactional id. */
  readonly producer: () => Pick<PartitionProducer, 'claim' | 'run' | 'close'>;
  /** Told before a commit may stand in the log, and when it does. */
  readonly committing: (commit: Commit) => void;
  readonly committed: (commit: Commit) => void;
  /** Told when a commit is known not to stand there. */
  readonly retract: (commit: Commit) => void;
  /** Reads what is committed. */
  readonly stored: () => Promise<StoredProgress | undefined>;
  /** Told when another producer counts: the partition is not ours any more. */
  readonly lost: () => void;
}

const maxWaiting = 1000;
const firstWaitMs = 100;
const longestWaitMs = 1000;
/** Longest time that a claim which is under way is waited for at the end. */
const closeLimitMs = 3_000;

/**
 * The transactions of one input partition, one after another: outputs that are complete, and the progress that they stand for.
 *
 * A write resolves when its transaction is committed, so acknowledging means here what it means everywhere.
 */
export class TransactionLane {
  readonly #options: TransactionLaneOptions;
  readonly #planner: TransactionPlanner;
  #producer: ReturnType<TransactionLaneOptions['producer']> | undefined;
  /** A transaction whose outcome is to be read from the log. */
  #doubt: { readonly plan: TransactionPlan; readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = false;
  /** Claims are made one after another: the producer of the last is the one that is not fenced. */
  #claims: Promise<void> = Promise.resolve();
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: TransactionLaneOptions) {
    this.#options = options;
    this.#planner = new TransactionPlanner(options);
  }

  write(write: PendingWrite): void {
    if (this.#closed) {
      write.failed(write.output.faults.abandoned());
      return;
    }
    this.#planner.add(write);
    if (this.#planner.waiting >= maxWaiting) this.#wake();
    else this.#wakeLater();
  }

  /** Resolves when progress at least as far is durable, or commits nothing any more. */
  commit(commit: Commit): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const asked = this.#planner.ask(commit);
    if (this.#planner.waiting === 0) this.#wake(); // else it goes with the writes
    return asked;
  }

  /**
   * Fences every other producer of the partition, this process's earlier one included. What is committed stands still then.
   *
   * To be called while no epoch of the partition counts.
   *
   * @throws What the brokers answered.
   */
  claim(): Promise<void> {
    const claimed = this.#claims.then(() => this.#claim());
    this.#claims = claimed.catch(() => undefined);
    return claimed;
  }

  /** The partition's epoch counts from now on; `stored` is what was read from the log after {@link TransactionLane.claim}. */
  open(stored: StoredProgress | undefined): void {
    this.#planner.start(stored);
    this.#wake();
  }

  /** Drops all that waits: the work on the partition does not count any more. */
  reset(): void {
    this.#planner.reset(this.#doubt?.plan);
    this.#doubt = undefined;
  }

  /** Gives the partition up; resolves when the connections are closed. A claim that takes long closes its own when it ends. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.reset();
    await this.#working;
    this.reset(); // what the last transaction put back
    await firstValueFrom(race(this.#claims, timer(closeLimitMs)));
    await this.#producer?.close();
  }

  async #claim(): Promise<void> {
    await this.#working;
    if (this.#closed) return;
    await this.#renew();
    await this.#resolveDoubt();
  }

  #wakeLater(): void {
    this.#timer ??= setTimeout(() => this.#wake(), this.#options.windowMs);
  }

  #wake(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#closed) return;
      if (this.#planner.waiting > 0)
        this.#wakeLater(); // other parts of their tiles are on their way
      else if (this.#due && this.#producer !== undefined) this.#wake(); // asked for after the last look
    });
  }

  async #work(): Promise<void> {
    while (this.#due && !this.#closed && this.#producer !== undefined) {
      this.#due = false;
      const plan = this.#planner.plan();
      if (plan !== undefined) await this.#carryOut(this.#producer, plan);
      await turn(); // lets those who waited for it settle their deliveries
    }
  }

  async #carryOut(producer: Pick<PartitionProducer, 'run'>, plan: TransactionPlan): Promise<void> {
    const { writes, progress } = plan;
    const { committing, counts } = this.#options;
    committing(progress);
    try {
      const wanted = (): boolean => !this.#closed && counts(progress);
      const refusals = await producer.run(batchWrites(writes), progress, wanted);
      if (refusals === undefined) return this.#committed(plan);
      this.#takeBack(plan, refusals);
    } catch (error) {
      await this.#mend(plan, error);
    }
  }

  #committed(plan: TransactionPlan): void {
    this.#options.committed(plan.progress);
    this.#planner.committed(plan);
  }

  async #mend(plan: TransactionPlan, error: unknown): Promise<void> {
    const { name, counts } = this.#options;
    if (isFenced(error)) return this.#lose(plan, kafkaFault(error).message);
    const refusals = new Refusals(name);
    const refusal = refusals.lasting(error);
    if (refusal !== undefined) return this.#fail(plan, refusal);
    diag.warn(`${name}: a transaction failed, its outcome is read from the log: ${kafkaFault(error).message}`);
    this.#doubt = { plan, error };
    for (let waitMs = firstWaitMs; this.#doubt !== undefined; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      if (this.#closed || !counts(plan.progress)) return; // the next claim resolves it
      try {
        await this.#renew();
        await this.#resolveDoubt();
      } catch (failure) {
        const lasting = refusals.lasting(failure);
        if (lasting !== undefined) return this.#fail(plan, lasting);
        await sleep(waitMs);
      }
    }
  }

  async #renew(): Promise<void> {
    const next = this.#options.producer();
    try {
      await next.claim();
    } catch (error) {
      await next.close();
      throw error;
    }
    void this.#producer?.close();
    this.#producer = next;
    if (this.#closed) await next.close();
  }

  async #resolveDoubt(): Promise<void> {
    if (this.#doubt === undefined) return;
    const stored = await this.#options.stored();
    if (this.#doubt === undefined) return; // it was dropped meanwhile
    const { plan, error } = this.#doubt;
    this.#doubt = undefined;
    if (isSameProgress(plan.progress, stored)) return this.#committed(plan);
    if (!isSameProgress(stored, this.#planner.saved)) return this.#lose(plan, 'it committed other progress');
    // It did not count. Whoever waits for its writes makes them again.
    const refusals = plan.writes.map((write) => ({ write, reason: write.output.faults.reasonOf(error, true) }));
    this.#takeBack(plan, refusals);
  }

  /** Nothing of it counted. */
  #takeBack(plan: TransactionPlan, refusals: readonly Refusal[]): void {
    this.#options.retract(plan.progress);
    this.#planner.putBack(plan, refusals);
    this.#due = true;
  }

  /** Another producer counts. */
  #lose(plan: TransactionPlan, how: string): void {
    diag.warn(`${this.#options.name}: another member has the partition: ${how}`);
    this.#options.lost(); // first: what fails after it belongs to deliveries that are abandoned
    this.#planner.reset(plan);
  }

  /** The brokers refuse it for good. */
  #fail({ writes, commits }: TransactionPlan, error: unknown): void {
    this.#doubt = undefined;
    for (const { output, failed } of writes) failed(output.faults.reasonOf(error, true));
    for (const { failed } of commits) failed(error);
  }
}
