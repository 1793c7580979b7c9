import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Kafka } from 'kafkajs';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { Commit, ReaderEvents, StoredProgress } from '../../ports/recordReader.ts';
import { kafkaFault } from '../kafkaFault.ts';
import type { Ownership } from '../ownership.ts';
import { PartitionProducer } from './partitionProducer.ts';
import type { PendingWrite } from './pendingWrite.ts';
import { Refusals } from './refusals.ts';
import { TransactionLane } from './transactionLane.ts';
import { UnmarkedTransactions } from './unmarkedTransactions.ts';

/** The source whose progress {@link TransactionLanes} commit. */
export interface TransactionSource {
  readonly topic: string;
  readonly groupId: string;
  readonly ownership: Ownership;
  readonly progressAfter: ReaderEvents['progressAfter'];
  /** Reads what is committed for a partition. */
  readonly stored: (partition: string) => Promise<StoredProgress | undefined>;
  /** Writes what stands beside a committed offset. */
  readonly stamp: (partition: string, map: string) => string;
  /** Told when another member has the partition. */
  readonly lost: (partition: string) => void;
}

/** What {@link TransactionLanes} work with. */
export interface TransactionLanesOptions {
  readonly source: TransactionSource;
  readonly kafka: Kafka;
  readonly windowMs: number;
  readonly counted: (topic: string, partitions: number) => void;
  /** Topics that are written to. */
  readonly outputs: () => readonly string[];
}

const firstWaitMs = 250;
const longestWaitMs = 4_000;

/** The transactions of a source: a lane for each partition that it has. */
export class TransactionLanes {
  readonly #options: TransactionLanesOptions;
  readonly #lanes = new Map<string, TransactionLane>();
  readonly #unmarked: UnmarkedTransactions;
  readonly #closing = new AbortController();
  /** Why claims fail, as far as it was said since one did not. */
  readonly #said = new Set<string>();

  constructor(options: TransactionLanesOptions) {
    const { source, kafka, outputs } = options;
    const closing = this.#closing.signal;
    this.#options = options;
    this.#unmarked = new UnmarkedTransactions({ kafka, groupId: source.groupId, outputs, closing });
  }

  /**
   * Puts a record into the transaction that finishes the deliveries it is made of.
   *
   * @throws ConfigurationError when they are not all of one partition of the source.
   */
  write(write: PendingWrite): void {
    const { topic } = this.#options.source;
    const [first] = write.roots;
    if (first === undefined) throw new TypeError('a record of no delivery is in no transaction');
    const { stream, partition } = first.origin;
    const astray = write.roots.find(({ origin }) => origin.stream !== topic || origin.partition !== partition)?.origin;
    if (astray !== undefined) {
      const places = `${stream}/${partition} and ${astray.stream}/${astray.partition}`;
      const rule = `cannot write what was gathered from ${places}: a transaction commits one partition of topic ${topic}`;
      throw new ConfigurationError([{ field: 'transactional', rule }]);
    }
    const lane = this.#lanes.get(partition);
    if (lane === undefined) write.failed(write.output.faults.abandoned());
    else lane.write(write);
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    await Promise.all(commits.map((commit) => this.#lanes.get(commit.partition)?.commit(commit)));
  }

  /**
   * Fences other producers of these partitions; what is committed for them stands still then.
   *
   * @param counts - False when it is not wanted any more.
   * @throws What the brokers answered, where they refuse for good.
   */
  async claim(partitions: readonly string[], counts: () => boolean): Promise<void> {
    await Promise.all(partitions.map((partition) => this.#claim(partition, counts)));
  }

  /** Commits of the partition count from now on. */
  open(partition: string, stored: StoredProgress | undefined): void {
    this.#lanes.get(partition)?.open(stored);
  }

  /** What waits of the partition does not count any more. */
  reset(partition: string): void {
    this.#lanes.get(partition)?.reset();
  }

  /** Gives up all other partitions. */
  retain(partitions: readonly string[]): void {
    for (const [partition, lane] of this.#lanes) {
      if (partitions.includes(partition)) continue;
      this.#lanes.delete(partition);
      void lane.close();
    }
  }

  /** Gives a partition up. */
  drop(partition: string): void {
    this.retain([...this.#lanes.keys()].filter((own) => own !== partition));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map((lane) => lane.close()));
    await this.#unmarked.close();
  }

  async #claim(partition: string, counts: () => boolean): Promise<void> {
    const { topic } = this.#options.source;
    const closing = this.#closing.signal;
    const refusals = new Refusals(`${topic}/${partition}`);
    let waitMs = firstWaitMs;
    while (counts() && !closing.aborted) {
      const lane = this.#lanes.get(partition) ?? this.#make(partition);
      this.#lanes.set(partition, lane);
      try {
        await lane.claim();
        this.#said.clear();
        if (this.#lanes.get(partition) === lane) return; // else it was given up: what was in doubt had been lost
        continue;
      } catch (error) {
        if (closing.aborted) return;
        const lasting = refusals.lasting(error);
        if (lasting !== undefined) throw lasting;
        this.#say(partition, kafkaFault(error).message);
      }
      await sleep(waitMs, undefined, { signal: closing }).catch(() => undefined);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    }
  }

  /** Once, however many partitions wait for the same, and however often they ask. */
  #say(partition: string, why: string): void {
    if (this.#said.has(why)) return;
    this.#said.add(why);
    const { topic } = this.#options.source;
    diag.warn(`${topic}/${partition}: cannot begin transactions yet, asking again: ${why}`);
  }

  #make(partition: string): TransactionLane {
    const { source, kafka, windowMs, counted } = this.#options;
    const { topic, groupId, ownership } = source;
    const stamp = (map: string): string => source.stamp(partition, map);
    const settle = (transactionalId: string): Promise<void> => this.#unmarked.settle(transactionalId);
    const lane = new TransactionLane({
      name: `${topic}/${partition}`,
      windowMs,
      producer: () => new PartitionProducer({ kafka, groupId, topic, partition, stamp, counted, settle }),
      progressAfter: (finishing) => source.progressAfter(partition, finishing),
      counts: (commit) => this.#lanes.get(partition) === lane && ownership.counts(commit),
      ended: (commit) => ownership.ended(commit),
      committing: (commit) => ownership.committing(commit),
      committed: (commit) => ownership.committed(commit),
      retract: (commit) => ownership.retract(commit),
      stored: () => source.stored(partition),
      lost: () => {
        if (this.#lanes.get(partition) === lane) source.lost(partition);
      },
    });
    return lane;
  }
}
