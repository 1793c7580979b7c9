import { setImmediate as turn } from 'node:timers/promises';
import type { OutputBatch } from '../../../../src/kafka/transactions/batchWrites.ts';
import type { PendingWrite } from '../../../../src/kafka/transactions/pendingWrite.ts';
import type { Refusal } from '../../../../src/kafka/transactions/sendOutputs.ts';
import type { TransactionLaneOptions } from '../../../../src/kafka/transactions/transactionLane.ts';
import type { Commit, StoredProgress } from '../../../../src/ports/recordReader.ts';

/**
 * What becomes of a transaction: `refuses` its first record; `loses` it, and its outcome is in doubt; `losesAnswer`, though it counted;
 * `endsLater`, in doubt until the next claim completes it; `another` member claims the partition; `anotherInDoubt`, unseen.
 */
export type Fate = 'commits' | 'refuses' | 'loses' | 'losesAnswer' | 'endsLater' | 'another' | 'anotherInDoubt';

/** One transaction that counted. */
export interface Committed {
  /** Positions of the deliveries whose outputs it holds, one for each output. */
  readonly outputs: readonly string[];
  readonly progress: StoredProgress;
}

const inDoubt = (): Error => Object.assign(new Error('the connection is lost'), { retriable: true });
const fenced = (): Error => Object.assign(new Error('a newer producer counts'), { type: 'INVALID_PRODUCER_EPOCH' });

/** The brokers' side of one partition's transactions: only the producer that claimed last may commit. */
export class MemoryTransactions {
  readonly log: Committed[] = [];
  /** Of the transactions to come; those after them commit. */
  readonly fates: Fate[] = [];
  /** Thrown by the claims to come, one each. */
  readonly claimFaults: Error[] = [];
  /** Called when a transaction counts, before its producer knows. */
  onCommit: (committed: Committed) => void = () => undefined;
  /** What another member does with the partition when it claims it. */
  onAnother: () => void = () => undefined;
  claims = 0;
  closed = 0;
  #newest: object | undefined;
  #open: (() => void) | undefined;

  get stored(): StoredProgress | undefined {
    return this.log.at(-1)?.progress;
  }

  append(committed: Committed): void {
    this.log.push(committed);
    this.onCommit(committed);
  }

  readonly producer: TransactionLaneOptions['producer'] = () => {
    const own = {};
    return {
      claim: () => this.#claim(own),
      run: (batches, progress, wanted) => this.#run(own, batches, progress, wanted),
      close: async () => {
        this.closed += 1;
      },
    };
  };

  async #claim(by: object): Promise<void> {
    await turn();
    const fault = this.claimFaults.shift();
    if (fault !== undefined) throw fault;
    this.#open?.();
    this.#open = undefined;
    this.#newest = by;
    this.claims += 1;
  }

  async #run(
    by: object,
    batches: readonly OutputBatch[],
    { nextSlot, map }: Commit,
    wanted: () => boolean,
  ): Promise<readonly Refusal[] | undefined> {
    await turn();
    if (this.#newest !== by) throw fenced();
    const writes: readonly PendingWrite[] = batches.flatMap((batch) => batch.writes);
    const fate = this.fates.shift() ?? 'commits';
    const [first] = writes;
    if (fate === 'refuses' && first !== undefined) return [{ write: first, reason: 'refused' }];
    if (!wanted()) return [];
    if (fate.startsWith('another')) {
      this.#newest = undefined;
      this.onAnother();
      throw fate === 'another' ? fenced() : inDoubt();
    }
    if (fate === 'loses') throw inDoubt();
    const outputs = writes.flatMap(({ roots }) => roots.map(({ origin }) => origin.position));
    const count = (): void => this.append({ outputs, progress: { nextSlot, map } });
    if (fate === 'endsLater') {
      this.#open = count;
      throw inDoubt();
    }
    count();
    if (fate === 'losesAnswer') throw inDoubt();
    await turn();
    return undefined;
  }
}
