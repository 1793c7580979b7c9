import { diag } from '@opentelemetry/api';
import type { ReaderEvents } from '../ports/recordReader.ts';
import { CatchUp } from '../tile/catchUp.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { GroupMember } from './groupMember.ts';
import type { GroupOffsets } from './groupOffsets.ts';
import { stampMap } from './logStamp.ts';
import type { Ownership } from './ownership.ts';
import type { ReadBuffer } from './readBuffer.ts';
import { takeOver } from './takeOver.ts';
import { tellMissed } from './tellMissed.ts';
import type { TransactionLanes } from './transactions/transactionLanes.ts';

/** What {@link GroupPartitions} are kept with, and whom they tell. */
export interface GroupPartitionsOptions {
  readonly topic: string;
  readonly ownership: Ownership;
  readonly buffer: ReadBuffer<StreamRecord>;
  readonly offsets: GroupOffsets;
  readonly events: ReaderEvents;
  /** The transactions that commits go through, where there are any. */
  readonly lanes: () => TransactionLanes | undefined;
  /** False once nothing more is read: then what is held is kept until it is committed, and nothing is added. */
  readonly reading: () => boolean;
  readonly closing: AbortSignal;
  /** Told what the brokers refuse for good. */
  readonly fail: (error: unknown) => void;
}

/** What becomes of a member's partitions: at an assignment, at a loss, and at the end of the membership. */
export class GroupPartitions {
  readonly #options: GroupPartitionsOptions;
  readonly #catchUp: CatchUp;
  /** Partitions that are ours by the group's word, but went to another producer of their transactions. */
  readonly #astray = new Set<string>();
  #member: GroupMember | undefined;
  #round = 0;

  constructor(options: GroupPartitionsOptions) {
    this.#options = options;
    this.#catchUp = new CatchUp((is) => options.events.caughtUp(is));
  }

  /** Counts how often the group was formed, or left: what was begun for an earlier one is dropped. */
  get round(): number {
    return this.#round;
  }

  /** The member whose assignment counts, or counted last. */
  get member(): GroupMember | undefined {
    return this.#member;
  }

  /** The group was formed anew and gave a member these. */
  joined(member: GroupMember, partitions: readonly string[]): void {
    const { ownership, buffer, closing } = this.#options;
    if (closing.aborted) return; // it was joining when we closed, and leaves next
    this.#member = member;
    this.#round += 1;
    this.#catchUp.begin();
    for (const partition of ownership.suspend(partitions)) this.#lose(partition);
    this.#options.lanes()?.retain(partitions);
    this.#astray.clear();
    for (const partition of partitions) buffer.empty(partition); // it is fetched again from what is committed
    this.#assign(member, partitions);
  }

  forming(): void {
    this.#catchUp.begin();
  }

  reached(partition: string, next: number): void {
    if (this.#catchUp.reached(partition, next)) this.#options.buffer.wake();
  }

  /** All that was fetched has been handed over. */
  handedOver(): void {
    this.#catchUp.handedOver();
  }

  /** What was read and not settled belongs to a log that is gone. */
  rewound(member: GroupMember, partition: string): void {
    diag.warn(`${this.#options.topic}/${partition} ends before what was to be read next: looking for its place again`);
    this.#options.ownership.drop(partition);
    this.#lose(partition);
    this.#assign(member, [partition]);
  }

  /** Another producer committed for the partition, or fenced us: nothing of ours counts there any more. */
  strayed(partition: string): void {
    this.#options.ownership.drop(partition);
    this.#member?.rest([partition]);
    this.#lose(partition);
    this.#options.lanes()?.drop(partition);
    this.#astray.add(partition);
  }

  /** Who is a member still has a right to its partitions: who took one had missed that it is not a member any more. */
  confirmed(member: GroupMember): void {
    const partitions = [...this.#astray];
    if (partitions.length === 0 || member !== this.#member) return;
    this.#astray.clear();
    this.#assign(member, partitions);
  }

  /**
   * The membership ended.
   *
   * @param keepsWork - The next assignment tells what becomes of the partitions; till then nothing is committed for them.
   */
  leave(keepsWork = false): void {
    const { ownership, buffer } = this.#options;
    this.#round += 1;
    this.#catchUp.begin();
    this.#astray.clear();
    for (const partition of ownership.partitions) buffer.empty(partition);
    const kept = keepsWork ? ownership.partitions : [];
    for (const partition of ownership.suspend(kept)) this.#lose(partition);
    this.#options.lanes()?.retain(kept); // they commit nothing until they are claimed again
  }

  /** Gives everything up without telling: whoever closes has let go of it. */
  close(): void {
    this.#round += 1;
    this.#options.ownership.clear();
  }

  /** Writes what stands beside a committed offset. */
  stamp(partition: string, map: string): string {
    return stampMap({ map, log: this.#options.ownership.logOf(partition) });
  }

  #assign(member: GroupMember, partitions: readonly string[]): void {
    void this.#takeOver(member, partitions, this.#round).catch((error: unknown) => this.#options.fail(error));
  }

  /** Asks what is committed now that no other member can commit any more, then starts the partitions. */
  async #takeOver(member: GroupMember, partitions: readonly string[], round: number): Promise<void> {
    const { ownership, buffer, topic, offsets: committed, closing, events, reading, lanes: lanesNow } = this.#options;
    const lanes = lanesNow();
    const counts = (): boolean => round === this.#round;
    const all = await takeOver(partitions, { lanes, offsets: committed, astray: this.#astray, counts, closing });
    if (all === undefined) return;
    for (const partition of partitions) {
      const offsets = all.get(partition);
      const held = ownership.holds(partition);
      if (offsets === undefined || !(reading() || held)) continue;
      const { assignment, kept, start, missed, anew } = ownership.confirm(partition, offsets);
      if (anew) diag.warn(`${topic}/${partition} was made anew since it was read: reading it from its oldest record`);
      if (held && !kept) this.#lose(partition);
      if (!kept) lanes?.reset(partition);
      if (missed > 0) tellMissed(topic, partition, start - missed, start);
      events.assigned(assignment);
      lanes?.open(partition, assignment.progress);
      if (!reading()) continue;
      buffer.open(partition, assignment.epoch);
      this.#catchUp.expect(partition, start, offsets.high);
      member.start(partition, start);
    }
    this.#catchUp.given(true);
    buffer.wake();
  }

  #lose(partition: string): void {
    this.#catchUp.forget(partition);
    this.#options.buffer.drop(partition);
    this.#options.events.revoked(partition);
  }
}
