import { diag } from '@opentelemetry/api';
import kafkajs, { type Batch, type Consumer, type EachBatchPayload, type Kafka, type PartitionAssigner } from 'kafkajs';
import type { Commit, ReadRecord } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { DirectCommits } from './directCommits.ts';
import { kafkaRetry } from './kafkaClient.ts';
import { tellMissed } from './tellMissed.ts';
import { toStreamRecord } from './toStreamRecord.ts';

/** Whom a {@link GroupMember} tells what; called synchronously, must not throw. */
export interface GroupMemberEvents {
  /** The group was formed anew and gave us these partitions. They rest until {@link GroupMember.start}. */
  joined(partitions: readonly string[]): void;
  fetched(partition: string, records: readonly ReadRecord<StreamRecord>[]): void;
  /** A partition was fetched up to this offset. */
  reached(partition: string, next: number): void;
  /** The group is being formed anew. */
  forming(): void;
  /** The group confirmed that we are a member still. */
  confirmed(): void;
  /** The log ends before what was to be read next: it is another log. Nothing comes of it until {@link GroupMember.start}. */
  rewound(partition: string): void;
  /** The member is out of the group, for good. */
  crashed(error: Error): void;
}

/** What a {@link GroupMember} joins, and how. */
export interface GroupMemberOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** How partitions are given out when this member leads the group. */
  readonly assigner: PartitionAssigner;
  readonly events: GroupMemberEvents;
}

/** After so many seeks that led to an earlier place it is the log, not a fetch that was on its way. */
const rewindsSeen = 3;

/**
 * One membership in a consumer group, from joining to leaving or crashing.
 *
 * Fetches and heartbeats share a loop in kafkajs, which goes on only when a batch was taken: batches are handed over at once,
 * and the loop turns while partitions rest, so that the membership lasts however long the tiles take.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #consumer: Consumer;
  /** Offset that the next batch of a started partition must be fetched from. */
  readonly #expected = new Map<string, number>();
  /** Partitions whose last batch began later than expected. */
  readonly #ahead = new Set<string>();
  /** How often in a row a partition's batch began earlier than expected. */
  readonly #behind = new Map<string, number>();
  readonly #commits = new DirectCommits();
  #joining: Promise<void> = Promise.resolve();
  /** What the group gave us; absent before it was joined. */
  #assigned: readonly string[] | undefined;

  constructor(options: GroupMemberOptions) {
    const { kafka, groupId, sessionTimeoutMs, assigner } = options;
    this.#options = options;
    this.#consumer = kafka.consumer({
      groupId,
      partitionAssigners: [this.#commits.through(assigner), kafkajs.PartitionAssigners.roundRobin], // the second for groups with foreign members
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(1000, Math.floor(sessionTimeoutMs / 3)), // how soon a rebalance is noticed
      rebalanceTimeout: Math.max(30_000, sessionTimeoutMs),
      maxWaitTimeInMs: 100, // also how long the loop sleeps while all partitions rest, so how soon one goes on
      metadataMaxAge: 10_000, // how soon partitions that were added are found
      allowAutoTopicCreation: false,
      retry: { ...kafkaRetry.stay, restartOnFailure: () => Promise.resolve(false) }, // the reader makes a new member
    });
  }

  /**
   * Joins the group, and fetches until {@link GroupMember.leave}. What fails after the connection stands is told by `crashed`.
   *
   * @throws What the brokers answered.
   */
  join(): Promise<void> {
    this.#joining = this.#join();
    return this.#joining;
  }

  /** Fetches an assigned partition from an offset. */
  start(partition: string, offset: number): void {
    this.#expected.set(partition, offset);
    this.#ahead.delete(partition);
    const { topic } = this.#options;
    this.#whileMember(() => this.#consumer.seek({ topic, partition: Number(partition), offset: String(offset) }));
    this.goOn(partition);
  }

  /** Fetches no more of these partitions; what is on its way may still come. */
  rest(partitions: readonly string[]): void {
    const { topic } = this.#options;
    this.#whileMember(() => this.#consumer.pause([{ topic, partitions: partitions.map(Number) }]));
  }

  /**
   * Lets all that is assigned rest, and tells of it as if the group had just been formed. Nothing before it was: who has been given nothing
   * yet would tell that all was lost, and what an earlier membership left is looked at when the group is joined.
   */
  beginAgain(): void {
    if (this.#assigned === undefined) return;
    this.#expected.clear();
    this.rest(this.#assigned);
    this.#options.events.joined(this.#assigned);
  }

  goOn(partition: string): void {
    const { topic } = this.#options;
    this.#whileMember(() => this.#consumer.resume([{ topic, partitions: [Number(partition)] }]));
  }

  /**
   * Commits once, under the generation that counts at the moment of the call.
   *
   * @throws TypeError before the group was joined; else what the broker answered.
   */
  commit(commits: readonly Commit[]): Promise<void> {
    const partitions = commits.map((commit) => ({
      partition: Number(commit.partition),
      offset: String(commit.nextSlot),
      metadata: commit.map,
    }));
    return this.#commits.send({ topics: [{ topic: this.#options.topic, partitions }] });
  }

  /** Leaves the group and disconnects, once joining has ended: the client that is stopped while it joins would go on. */
  async leave(): Promise<void> {
    await this.#joining.catch(() => undefined);
    await this.#consumer.disconnect();
  }

  async #join(): Promise<void> {
    const { topic, events } = this.#options;
    const { GROUP_JOIN, CRASH, END_BATCH_PROCESS, HEARTBEAT, REBALANCING } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment[topic] ?? []));
    this.#consumer.on(REBALANCING, () => events.forming());
    this.#consumer.on(HEARTBEAT, () => events.confirmed());
    this.#consumer.on(CRASH, ({ payload }) => events.crashed(payload.error));
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#passed(String(payload.partition), Number(payload.lastOffset));
    });
    await this.#consumer.connect();
    // The reader says where to start. This is for records that are deleted before they are read: go on with the oldest left.
    await this.#consumer.subscribe({ topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.#take(payload),
    });
  }

  /** The client throws when it is out of the group; it tells us by `crashed`, but later. */
  #whileMember(action: () => void): void {
    try {
      action();
    } catch (error) {
      diag.debug(`kafka ${this.#options.groupId}: ${String(error)}`);
    }
  }

  #joined(assigned: readonly number[]): void {
    this.#assigned = assigned.map(String);
    this.beginAgain();
  }

  #take({ batch, resolveOffset }: EachBatchPayload): void {
    const partition = String(batch.partition);
    const last = batch.messages.at(-1);
    if (last === undefined || !this.#isNext(partition, batch)) return;
    const next = Number(batch.lastOffset()) + 1;
    this.#expected.set(partition, next);
    resolveOffset(last.offset);
    this.#options.events.fetched(partition, batch.messages.map(toStreamRecord));
    this.#options.events.reached(partition, next);
  }

  /** False for a batch that was fetched before the partition was assigned anew, which may come late and would skip records. */
  #isNext(partition: string, batch: Batch): boolean {
    const expected = this.#expected.get(partition);
    const from = 'fetchedOffset' in batch ? Number(batch.fetchedOffset) : expected;
    if (expected === undefined || from === undefined) return false;
    if (from === expected) {
      this.#behind.delete(partition);
      this.#ahead.delete(partition);
      return true;
    }
    if (from > expected && this.#ahead.has(partition)) {
      tellMissed(this.#options.topic, partition, expected, from);
      this.#ahead.delete(partition);
      return true;
    }
    const behind = from < expected ? (this.#behind.get(partition) ?? 0) + 1 : 0;
    this.#behind.set(partition, behind);
    if (behind >= rewindsSeen) {
      this.#behind.delete(partition);
      this.#expected.delete(partition);
      this.rest([partition]);
      this.#options.events.rewound(partition);
      return false;
    }
    this.start(partition, expected);
    if (from > expected) this.#ahead.add(partition); // again so after the seek: the log does not have what is expected
    return false;
  }

  /** The client went past records that are none: markers of transactions, records of aborted ones. */
  #passed(partition: string, lastOffset: number): void {
    const expected = this.#expected.get(partition);
    if (expected === undefined || lastOffset < expected) return;
    this.#expected.set(partition, lastOffset + 1);
    this.#options.events.reached(partition, lastOffset + 1);
  }
}
