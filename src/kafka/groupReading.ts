import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Kafka } from 'kafkajs';
import { firstValueFrom, race, Subject, timer } from 'rxjs';
import type { SourceError } from '../errors/sourceError.ts';
import type { Commit, ReaderEvents, ReadRecord } from '../ports/recordReader.ts';
import { CatchUp } from '../tile/catchUp.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { GroupMember } from './groupMember.ts';
import { GroupOffsets } from './groupOffsets.ts';
import { isHopeless } from './isHopeless.ts';
import { type KafkaConnection, kafkaClient } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';
import { keepingAssigner } from './keepingAssigner.ts';
import { stampMap } from './logStamp.ts';
import type { Ownership } from './ownership.ts';
import type { ReadBuffer } from './readBuffer.ts';
import { takeOver } from './takeOver.ts';
import { tellMissed } from './tellMissed.ts';
import { topicChanges } from './topicChanges.ts';
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

const rejoinWaitMs = 1000;
const lastingMs = 60_000; // after a membership that lasted so long, failures are counted anew
const closeLimitMs = 5_000;

/** Fills the buffer as a member of the group, and becomes a member again after crashes, until closed. */
export class GroupReading {
  readonly #options: GroupReadingOptions;
  readonly #kafka: Kafka;
  readonly #offsets: GroupOffsets;
  readonly #closing = new AbortController();
  readonly #stopped = Promise.withResolvers<false>();
  /** Why nothing will come any more; set by this class alone. */
  failure: SourceError | undefined;
  #done: Promise<void> = Promise.resolve();
  #reading = true;
  #events: ReaderEvents | undefined;
  readonly #catchUp = new CatchUp((is) => this.#events?.caughtUp(is));
  #lanes: TransactionLanes | undefined;
  /** Partitions that are ours by the group's word, but went to another producer of their transactions. */
  readonly #astray = new Set<string>();
  /** Tells that the topic may not be what it was. */
  readonly #suspected = new Subject<void>();
  #member: GroupMember | undefined;
  #ready = Promise.resolve(false); // raced once a membership: a race at each commit would be kept as long as the loser is
  /** Counts how often the group was formed: what was begun for an earlier one is dropped. */
  #round = 0;

  constructor(options: GroupReadingOptions) {
    const { connection, topic, groupId } = options;
    this.#options = options;
    this.#kafka = kafkaClient(connection, 'stay');
    this.#offsets = new GroupOffsets(kafkaClient(connection, 'ask'), topic, groupId);
  }

  /** Aborted once {@link GroupReading.close} was called. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  start(events: ReaderEvents): void {
    const { transactions, topic, groupId, ownership } = this.#options;
    this.#events = events;
    this.#lanes = transactions?.serve({
      topic,
      groupId,
      ownership,
      progressAfter: (partition, finishing) => events.progressAfter(partition, finishing),
      stored: (partition) => this.#offsets.stored(partition),
      stamp: (partition, map) => this.#stamp(partition, map),
      lost: (partition) => this.#strayed(partition),
    });
    this.#done = this.#stayMember()
      .catch((error: unknown) => this.#fail(error))
      .then(() => this.#release())
      .catch((error: unknown) => diag.debug(`kafka ${this.#options.topic}: ${String(error)}`));
  }

  /** Reads no more, but stays in the group so that commits count. */
  stop(): void {
    this.#reading = false;
    this.#stopped.resolve(false);
    this.#options.buffer.clear();
    const held = this.#options.ownership.partitions;
    if (held.length > 0) this.#member?.rest(held);
  }

  rest(partition: string): void {
    this.#member?.rest([partition]);
  }

  goOn(partition: string): void {
    this.#member?.goOn(partition);
  }

  /** All that was fetched has been handed over. */
  handedOver(): void {
    this.#catchUp.handedOver();
  }

  /** Resolves true when commits can be sent, false when nothing was read that could be committed. */
  ready(): Promise<boolean> {
    return this.#ready;
  }

  async send(commits: readonly Commit[]): Promise<void> {
    const stamped = commits.map((commit) => ({ ...commit, map: this.#stamp(commit.partition, commit.map) }));
    try {
      await this.#member?.commit(stamped);
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
    this.#round += 1;
    this.#options.ownership.clear();
    this.#closing.abort();
    await firstValueFrom(race(this.#done, timer(closeLimitMs)));
  }

  async #stayMember(): Promise<void> {
    const { topic, groupId } = this.#options;
    let worked = false;
    for (let failures = 1; ; failures++) {
      const round = this.#round;
      const startedMs = performance.now();
      const error = await this.#beMember();
      if (this.closing.aborted || !this.#reading) return this.#leaveAll();
      worked ||= this.#round > round;
      if (worked && performance.now() - startedMs > lastingMs) failures = 1;
      const { kind } = kafkaFault(error);
      // What the brokers' own trouble ended may go on: the next assignment tells what became of the partitions.
      this.#leaveAll(kind === 'transient');
      if (isHopeless(kind, failures, worked)) throw error;
      diag.warn(`${topic}: out of group ${groupId}, joining again: ${String(error)}`);
      await sleep(rejoinWaitMs, undefined, { signal: this.closing }).catch(() => undefined);
      if (this.closing.aborted) return;
    }
  }

  /** Resolves when the membership ended, with what ended it. */
  async #beMember(): Promise<unknown> {
    const crash = Promise.withResolvers<unknown>();
    const { topic, ownership, buffer } = this.#options;
    const assigner = keepingAssigner({
      ownership,
      draining: () => !this.#reading,
      partitionsOf: (other) => this.#offsets.partitionsOf(other),
    });
    const events = {
      joined: (partitions: readonly string[]) => this.#joined(member, partitions),
      fetched: (partition: string, records: readonly ReadRecord<StreamRecord>[]) => buffer.push(partition, records),
      reached: (partition: string, next: number) => this.#catchUp.reached(partition, next) && buffer.wake(),
      forming: () => this.#catchUp.begin(),
      confirmed: () => this.#confirmed(member),
      rewound: (partition: string) => this.#rewound(member, partition),
      crashed: crash.resolve,
    };
    const member = new GroupMember({ ...this.#options, kafka: this.#kafka, assigner, events });
    this.closing.addEventListener('abort', crash.resolve);
    const changes = topicChanges(() => this.#offsets.log(), ownership, this.#suspected);
    const looking = changes.subscribe(() => this.#reading && member.beginAgain());
    try {
      await this.#offsets.open();
      if (this.closing.aborted) return undefined;
      this.#member = member;
      this.#ready = Promise.race([member.ready, this.#stopped.promise]);
      await member.join();
      return await crash.promise;
    } catch (error) {
      return error;
    } finally {
      looking.unsubscribe();
      this.closing.removeEventListener('abort', crash.resolve);
      await member.leave().catch((error: unknown) => diag.debug(`kafka ${topic}: ${String(error)}`));
    }
  }

  #joined(member: GroupMember, partitions: readonly string[]): void {
    if (this.closing.aborted) return; // it was joining when we closed, and leaves next
    const { ownership, buffer } = this.#options;
    this.#round += 1;
    this.#catchUp.begin();
    for (const partition of ownership.suspend(partitions)) this.#lose(partition);
    this.#lanes?.retain(partitions);
    this.#astray.clear();
    for (const partition of partitions) buffer.empty(partition); // it is fetched again from what is committed
    void this.#assign(member, partitions, this.#round).catch((error: unknown) => this.#fail(error));
  }

  /** Asks what is committed now that no other member can commit any more, then starts the partitions. */
  async #assign(member: GroupMember, partitions: readonly string[], round: number): Promise<void> {
    const { ownership, buffer, topic } = this.#options;
    const counts = (): boolean => round === this.#round;
    const from = { lanes: this.#lanes, offsets: this.#offsets, astray: this.#astray, counts, closing: this.closing };
    const all = await takeOver(partitions, from);
    if (all === undefined) return;
    for (const partition of partitions) {
      const offsets = all.get(partition);
      const held = ownership.holds(partition);
      if (offsets === undefined || !(this.#reading || held)) continue;
      const { assignment, kept, start, missed, anew } = ownership.confirm(partition, offsets);
      if (anew) diag.warn(`${topic}/${partition} was made anew since it was read: reading it from its oldest record`);
      if (held && !kept) this.#lose(partition);
      if (!kept) this.#lanes?.reset(partition);
      if (missed > 0) tellMissed(topic, partition, start - missed, start);
      this.#events?.assigned(assignment);
      this.#lanes?.open(partition, assignment.progress);
      if (!this.#reading) continue;
      buffer.open(partition, assignment.epoch);
      this.#catchUp.expect(partition, start, offsets.high);
      member.start(partition, start);
    }
    this.#catchUp.given(true);
    buffer.wake();
  }

  #stamp(partition: string, map: string): string {
    return stampMap({ map, log: this.#options.ownership.logOf(partition) });
  }

  /** What was read and not settled belongs to a log that is gone. */
  #rewound(member: GroupMember, partition: string): void {
    diag.warn(`${this.#options.topic}/${partition} ends before what was to be read next: looking for its place again`);
    this.#options.ownership.drop(partition);
    this.#lose(partition);
    void this.#assign(member, [partition], this.#round).catch((error: unknown) => this.#fail(error));
  }

  #lose(partition: string): void {
    this.#catchUp.forget(partition);
    this.#options.buffer.drop(partition);
    this.#events?.revoked(partition);
  }

  /** Another producer committed for the partition, or fenced us: nothing of ours counts there any more. */
  #strayed(partition: string): void {
    this.#options.ownership.drop(partition);
    this.rest(partition);
    this.#lose(partition);
    this.#lanes?.drop(partition);
    this.#astray.add(partition);
  }

  /** Who is a member still has a right to its partitions: who took one had missed that it is not a member any more. */
  #confirmed(member: GroupMember): void {
    const partitions = [...this.#astray];
    if (partitions.length === 0 || member !== this.#member) return;
    this.#astray.clear();
    void this.#assign(member, partitions, this.#round).catch((error: unknown) => this.#fail(error));
  }

  #leaveAll(keepsWork = false): void {
    const { ownership, buffer } = this.#options;
    this.#round += 1;
    this.#catchUp.begin();
    this.#astray.clear();
    for (const partition of ownership.partitions) buffer.empty(partition);
    const kept = keepsWork ? ownership.partitions : [];
    for (const partition of ownership.suspend(kept)) this.#lose(partition);
    this.#lanes?.retain(kept); // they commit nothing until they are claimed again
  }

  async #release(): Promise<void> {
    if (this.#lanes !== undefined) await this.#options.transactions?.release(this.#lanes);
    await this.#offsets.close();
  }

  #fail(error: unknown): void {
    if (this.closing.aborted) return;
    const { topic, connection } = this.#options;
    this.failure ??= toSourceError(error, topic, connection);
    this.#leaveAll();
    this.#options.buffer.wake();
  }
}
