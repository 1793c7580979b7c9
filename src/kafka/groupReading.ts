import { diag } from '@opentelemetry/api';
import { firstValueFrom, race, Subject, timer } from 'rxjs';
import type { SourceError } from '../errors/sourceError.ts';
import type { Commit, ReaderEvents } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { GroupOffsets } from './groupOffsets.ts';
import { GroupPartitions } from './groupPartitions.ts';
import { type KafkaConnection, kafkaClient } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';
import { Memberships } from './memberships.ts';
import type { Ownership } from './ownership.ts';
import type { ReadBuffer } from './readBuffer.ts';
import { toSourceError } from './toSourceError.ts';
import type { KafkaTransactions } from './transactions/kafkaTransactions.ts';
import type { TransactionLanes } from './transactions/transactionLanes.ts';

/** What a {@link GroupReading} reads, and the state it shares with the reader. */
export interface GroupReadingOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly ownership: Ownership;
  readonly buffer: ReadBuffer<StreamRecord>;
  /** Where progress is committed together with outputs. */
  readonly transactions?: KafkaTransactions | undefined;
}

const closeLimitMs = 5_000;

/** Fills the buffer as a member of the group, and sends its commits, until closed. */
export class GroupReading {
  readonly #options: GroupReadingOptions;
  readonly #offsets: GroupOffsets;
  readonly #closing = new AbortController();
  /** Tells that the topic may not be what it was. */
  readonly #suspected = new Subject<void>();
  /** Why nothing will come any more; set by this class alone. */
  failure: SourceError | undefined;
  #done: Promise<void> = Promise.resolve();
  #reading = true;
  #events: ReaderEvents | undefined;
  #partitions: GroupPartitions | undefined;
  #lanes: TransactionLanes | undefined;

  constructor(options: GroupReadingOptions) {
    const { connection, topic, groupId } = options;
    this.#options = options;
    this.#offsets = new GroupOffsets(kafkaClient(connection, 'ask'), topic, groupId);
  }

  /** Aborted once {@link GroupReading.close} was called. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  start(events: ReaderEvents): void {
    const { transactions, connection, topic, groupId, ownership } = this.#options;
    const reading = (): boolean => this.#reading;
    const common = { ...this.#options, offsets: this.#offsets, closing: this.closing, reading };
    const fail = (error: unknown): void => this.#fail(error);
    const partitions = new GroupPartitions({ ...common, events, lanes: () => this.#lanes, fail });
    this.#events = events;
    this.#partitions = partitions;
    this.#lanes = transactions?.serve({
      topic,
      groupId,
      ownership,
      progressAfter: (partition, finishing) => events.progressAfter(partition, finishing),
      stored: (partition) => this.#offsets.stored(partition),
      stamp: (partition, map) => partitions.stamp(partition, map),
      lost: (partition) => partitions.strayed(partition),
    });
    const memberships = new Memberships({
      ...common,
      partitions,
      kafka: kafkaClient(connection, 'stay'),
      suspected: this.#suspected,
    });
    this.#done = memberships
      .stay()
      .catch(fail)
      .then(() => this.#release())
      .catch((error: unknown) => diag.debug(`kafka ${topic}: ${String(error)}`));
  }

  /** Reads no more, but stays in the group so that commits count. */
  stop(): void {
    this.#reading = false;
    this.#options.buffer.clear();
    const held = this.#options.ownership.partitions;
    if (held.length > 0) this.#partitions?.member?.rest(held);
  }

  rest(partition: string): void {
    this.#partitions?.member?.rest([partition]);
  }

  goOn(partition: string): void {
    this.#partitions?.member?.goOn(partition);
  }

  /** All that was fetched has been handed over. */
  handedOver(): void {
    this.#partitions?.handedOver();
  }

  /**
   * Commits once, as the member that we are.
   *
   * @throws TypeError before the group was joined; else what the broker answered.
   */
  async send(commits: readonly Commit[]): Promise<void> {
    const partitions = this.#partitions;
    if (partitions?.member === undefined) throw new TypeError('nothing can be committed before the group was joined');
    try {
      await partitions.member.commit(
        commits.map((commit) => ({ ...commit, map: partitions.stamp(commit.partition, commit.map) })),
      );
    } catch (error) {
      if (kafkaFault(error).kind === 'topic') this.#suspected.next();
      throw error;
    }
  }

  /** The transactions that commits have to go through, where there are any. */
  get lanes(): TransactionLanes | undefined {
    return this.#lanes;
  }

  /** Leaves the group. A broker that does not answer is waited for a limited time; leaving goes on after that. */
  async close(): Promise<void> {
    this.stop();
    this.#partitions?.close();
    this.#closing.abort();
    await firstValueFrom(race(this.#done, timer(closeLimitMs)));
  }

  async #release(): Promise<void> {
    if (this.#lanes !== undefined) await this.#options.transactions?.release(this.#lanes);
    await this.#offsets.close();
  }

  /** Told before anything is given up: a source that drains would take that for its end. */
  #fail(error: unknown): void {
    if (this.closing.aborted) return;
    const { topic, connection, buffer } = this.#options;
    this.failure ??= toSourceError(error, topic, connection);
    this.#events?.failed(this.failure);
    this.#partitions?.leave();
    buffer.wake();
  }
}
