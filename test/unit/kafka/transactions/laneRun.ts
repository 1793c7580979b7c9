import { setImmediate as turn } from 'node:timers/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { Ownership } from '../../../../src/kafka/ownership.ts';
import { TransactionLane } from '../../../../src/kafka/transactions/transactionLane.ts';
import { DeliveryLedger } from '../../../../src/tile/deliveryLedger.ts';
import { decodeOffsetMap, encodeOffsetMap } from '../../../../src/tile/offsetMap.ts';
import type { TrackedDelivery } from '../../../../src/tile/trackedDelivery.ts';
import { partitionOffsetsOf } from '../../../support/kafka/partitionOffsetsOf.ts';
import { type Fate, MemoryTransactions } from './memoryTransactions.ts';
import { outputTopic, writeOf } from './pendingWrites.ts';

/** How many outputs the record of a slot has. */
export const outputsOf = (slot: number): number => (slot + 1) % 4;

/** Slots below `count` that committed progress calls finished. */
export function finishedIn(progress: MemoryTransactions['stored'], count: number): number[] {
  const { nextSlot = 0, map = '' } = progress ?? {};
  const above = new Set(decodeOffsetMap(map)?.finished.map((gap) => nextSlot + gap));
  return Array.from({ length: count }, (_, slot) => slot).filter((slot) => slot < nextSlot || above.has(slot));
}

/**
 * One partition of `count` records as its reader and sink drive a lane: records are worked on in a given order, those that fail are
 * delivered again, and a partition that went to another member is claimed back.
 */
export class LaneRun {
  readonly brokers = new MemoryTransactions();
  readonly ownership = new Ownership('earliest');
  readonly count: number;
  /** Writes and commits that were asked for and have not ended. */
  pending = 0;
  /** What should never have happened. */
  readonly faults: string[] = [];
  /** Why writes failed. */
  readonly failures: unknown[] = [];
  /** True once {@link LaneRun.close} has ended. */
  left = false;
  lane: TransactionLane;
  readonly #order: readonly number[];
  readonly #output = outputTopic();
  readonly #ledger = new DeliveryLedger<string>({
    ...{ stream: 'tiles', maxInFlight: 1_000, maxInFlightBytes: 1_000 },
    onNack: (delivery) => void turn().then(() => this.#again(delivery)),
  });
  #epoch = 0;
  #closed = false;

  /** @param order - Slots in the order they are finished; each once. */
  constructor(order: readonly number[], fates: readonly Fate[]) {
    this.#order = order;
    this.count = order.length;
    this.brokers.fates.push(...fates);
    this.brokers.onAnother = () => this.#otherMember();
    this.lane = this.#makeLane();
  }

  /** True when every record is finished, as far as the log says. */
  get done(): boolean {
    return finishedIn(this.brokers.stored, this.count).length === this.count;
  }

  /** Takes the partition as a member does: claims it, reads what is committed, and goes on or begins anew. */
  async assign(): Promise<void> {
    const { lane, ownership, brokers } = this;
    await lane.claim();
    if (this.#closed || lane !== this.lane) return;
    const { nextSlot: committed, map = '' } = brokers.stored ?? {};
    const offsets = partitionOffsetsOf({ committed, map, high: this.count, end: this.count });
    const { assignment, kept } = ownership.confirm('0', offsets);
    if (!kept) {
      this.#ledger.revoke('0');
      lane.reset();
    }
    this.#epoch = assignment.epoch;
    this.#ledger.assign('0', assignment.epoch, assignment.progress);
    lane.open(assignment.progress);
    if (!kept) void this.#deliver();
  }

  /** The group is formed anew, and gives the partition to this member again. */
  async rebalance(): Promise<void> {
    this.ownership.suspend(['0']);
    await turn();
    await this.assign();
  }

  /** Asks for what the source would commit now. */
  commit(): void {
    for (const commit of this.#ledger.takeCommits()) void this.#track(this.lane.commit(commit));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ledger.close();
    await this.lane.close();
    this.left = true;
  }

  #makeLane(): TransactionLane {
    const { ownership, brokers } = this;
    const lane: TransactionLane = new TransactionLane({
      name: 'tiles/0',
      windowMs: 1,
      producer: brokers.producer,
      progressAfter: (finishing) => this.#ledger.held('0')?.progressAfter(finishing),
      counts: (commit) => lane === this.lane && ownership.counts(commit),
      ended: (commit) => ownership.ended(commit),
      committing: (commit) => ownership.committing(commit),
      committed: (commit) => ownership.committed(commit),
      retract: (commit) => ownership.retract(commit),
      stored: async () => brokers.stored,
      lost: () => this.#lost(),
    });
    return lane;
  }

  #lost(): void {
    this.ownership.drop('0');
    this.#ledger.revoke('0');
    void this.lane.close();
    this.lane = this.#makeLane();
    void this.assign();
  }

  /** Another member finishes the first record that is not finished, and is gone. */
  #otherMember(): void {
    const finished = new Set(finishedIn(this.brokers.stored, this.count));
    const nextOf = (): number => {
      for (let slot = 0; ; slot++) if (!finished.has(slot)) return slot;
    };
    const slot = nextOf();
    if (slot >= this.count) return;
    finished.add(slot);
    const nextSlot = nextOf();
    const above = [...finished].filter((own) => own > nextSlot).toSorted((a, b) => a - b);
    const map = encodeOffsetMap({ finished: above.map((own) => own - nextSlot), clean: false });
    const outputs = Array.from({ length: outputsOf(slot) }, () => String(slot));
    this.brokers.append({ outputs, progress: { nextSlot, map } });
  }

  async #deliver(): Promise<void> {
    const epoch = this.#epoch;
    const ledger = this.#ledger.held('0');
    if (ledger === undefined) return;
    const opening = () => ({ context: ROOT_CONTEXT, openedMs: 0 });
    const all = Array.from({ length: this.count }, (_, slot) => {
      const record = { position: String(slot), slot, bytes: 1, value: 'record' };
      return this.#ledger.open(ledger, record, opening);
    });
    for (const slot of this.#order) {
      await turn();
      if (this.#ledger.held('0', epoch) !== ledger) return;
      const delivery = all[slot];
      if (delivery !== undefined) void this.#work(delivery);
    }
  }

  #again(delivery: TrackedDelivery<string>): void {
    const next = this.#ledger.redeliver(delivery);
    if (next !== undefined) void this.#work(next);
  }

  async #work(delivery: TrackedDelivery<string>): Promise<void> {
    const parts = outputsOf(delivery.facts.slot);
    if (parts === 0) return delivery.ack();
    delivery.branch(parts - 1);
    const outcomes = Array.from({ length: parts }, async (_, part) => {
      if (part > 1) await turn(); // the first two come together
      await this.#track(this.#write(delivery));
    });
    await Promise.all(outcomes).then(
      () => delivery.ack(),
      (error: unknown) => delivery.nack(error),
    );
  }

  async #write(delivery: TrackedDelivery<string>): Promise<void> {
    const { position } = delivery.origin;
    await new Promise<void>((written, failed) =>
      this.lane.write({ ...writeOf(delivery, { output: this.#output }), written, failed }),
    ).catch((error: unknown) => {
      this.failures.push(error);
      throw error;
    });
    if (!this.brokers.log.some(({ outputs }) => outputs.includes(position)))
      this.faults.push(`${position} was called written before it stood in the log`);
  }

  async #track(asked: Promise<void>): Promise<void> {
    this.pending += 1;
    await asked.finally(() => {
      this.pending -= 1;
    });
  }
}
