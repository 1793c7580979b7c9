import type { Commit, StoredProgress } from '../../ports/recordReader.ts';
import type { PendingWrite } from './pendingWrite.ts';
import { isVoid, selectWrites } from './selectWrites.ts';
import type { Refusal } from './sendOutputs.ts';

/** One transaction: outputs, and the progress that they stand for. */
export interface TransactionPlan {
  readonly writes: readonly PendingWrite[];
  readonly commits: readonly PendingCommit[];
  readonly progress: Commit;
}

/** A commit that waits for its transaction. */
interface PendingCommit {
  readonly commit: Commit;
  /** Transactions committed before it was asked for. */
  readonly after: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What a {@link TransactionPlanner} asks. */
export interface TransactionPlannerOptions {
  /** What could be committed if these slots were finished. */
  readonly progressAfter: (finishing: ReadonlySet<number>) => Commit | undefined;
  /** True while commits under this epoch count. */
  readonly counts: (commit: Commit) => boolean;
  /** True once commits under this epoch will never count again. */
  readonly ended: (commit: Commit) => boolean;
}

/**
 * What waits to be committed of one partition, and what of it goes into the next transaction.
 *
 * A delivery is acknowledged after its transaction; until that is told the next may begin, so its slot is taken for finished here.
 */
export class TransactionPlanner {
  readonly #options: TransactionPlannerOptions;
  #writes: PendingWrite[] = [];
  #commits: PendingCommit[] = [];
  /** Slots at or above the committed progress whose outputs are committed. */
  readonly #durable = new Set<number>();
  #saved: StoredProgress | undefined;
  #count = 0;

  constructor(options: TransactionPlannerOptions) {
    this.#options = options;
  }

  /** Writes that wait. */
  get waiting(): number {
    return this.#writes.length;
  }

  /** What is committed, as far as is known. */
  get saved(): StoredProgress | undefined {
    return this.#saved;
  }

  /** Takes what was read from the log for what is committed. */
  start(stored: StoredProgress | undefined): void {
    this.#saved = stored;
  }

  add(write: PendingWrite): void {
    this.#writes.push(write);
  }

  /** Resolves when progress at least as far is committed, or is not to be committed any more. */
  ask(commit: Commit): Promise<void> {
    return new Promise((done, failed) => this.#commits.push({ commit, after: this.#count, done, failed }));
  }

  /** Takes out what can be committed now; `undefined` when there is nothing, or it does not count now. */
  plan(): TransactionPlan | undefined {
    for (const write of this.#writes) if (isVoid(write)) write.failed(write.output.faults.abandoned());
    this.#writes = this.#writes.filter((write) => !isVoid(write));
    for (const { commit, done } of this.#commits) if (this.#options.ended(commit)) done();
    this.#commits = this.#commits.filter(({ commit }) => !this.#options.ended(commit)); // asked for again under the new epoch
    const writes = selectWrites(this.#writes);
    if (writes.length === 0 && this.#commits.length === 0) return undefined;
    const progress = this.#progressOf(writes);
    if (progress === undefined) for (const { done } of this.#commits.splice(0)) done(); // their source is closed
    if (progress === undefined || !this.#options.counts(progress)) return undefined;
    const chosen = new Set(writes);
    this.#writes = this.#writes.filter((write) => !chosen.has(write));
    const plan = { writes, commits: this.#commits.splice(0), progress };
    if (writes.length > 0 || !isSameProgress(progress, this.#saved)) return plan;
    for (const { done } of plan.commits) done(); // it was committed with outputs
    return undefined;
  }

  committed({ writes, commits, progress }: TransactionPlan): void {
    this.#count += 1;
    this.#saved = progress;
    for (const slot of slotsOf(writes)) this.#durable.add(slot);
    this.#forgetBelow(progress.nextSlot);
    for (const { written } of writes) written();
    for (const { done } of commits) done();
  }

  /** Nothing of a plan is committed: writes that were refused fail, the others wait again. */
  putBack({ writes, commits }: TransactionPlan, refusals: readonly Refusal[]): void {
    const reasons = new Map(refusals.map(({ write, reason }) => [write, reason]));
    for (const [write, reason] of reasons) write.failed(reason);
    this.#writes.unshift(...writes.filter((write) => !reasons.has(write)));
    this.#commits.unshift(...commits);
  }

  /** Drops a plan, and all that waits: the work on the partition does not count any more. */
  reset(plan?: TransactionPlan): void {
    if (plan !== undefined) this.putBack(plan, []);
    this.#durable.clear();
    for (const write of this.#writes.splice(0)) write.failed(write.output.faults.abandoned());
    for (const { done } of this.#commits.splice(0)) done();
  }

  #progressOf(writes: readonly PendingWrite[]): Commit | undefined {
    const asked = this.#commits.at(-1);
    if (asked !== undefined) this.#forgetBelow(asked.commit.nextSlot);
    // As it was asked for, unless that is out of date: only the source knows which commit is its last.
    if (asked !== undefined && writes.length === 0 && this.#durable.size === 0 && asked.after === this.#count)
      return asked.commit;
    const made = this.#options.progressAfter(new Set([...slotsOf(writes), ...this.#durable]));
    if (made !== undefined || asked === undefined || writes.length > 0) return made;
    // Its source is closed, or has read nothing yet. What was asked for before a transaction would take its progress back.
    const isStale = this.#durable.size > 0 || asked.commit.nextSlot < (this.#saved?.nextSlot ?? 0);
    return isStale ? undefined : asked.commit;
  }

  #forgetBelow(nextSlot: number): void {
    for (const slot of this.#durable) if (slot < nextSlot) this.#durable.delete(slot);
  }
}

/** Compares progress as the log stores it. */
export function isSameProgress(one: StoredProgress | undefined, other: StoredProgress | undefined): boolean {
  return one?.nextSlot === other?.nextSlot && one?.map === other?.map;
}

function slotsOf(writes: readonly PendingWrite[]): number[] {
  return writes.flatMap(({ roots }) => roots.map(({ origin }) => Number(origin.position)));
}
