import type { Context } from '@opentelemetry/api';
import type { Origin } from './origin.ts';
import { type CommitEntry, PartitionLedger, type PartitionPlace, type SavedProgress } from './partitionLedger.ts';
import { PlacedSet } from './placedSet.ts';
import { type DeliveryFacts, type SettlementListener, TrackedDelivery } from './trackedDelivery.ts';

/** A record to deliver. */
export interface LedgerRecord<R> {
  readonly position: string;
  readonly slot: number;
  /** Size that counts against `maxInFlightBytes`. */
  readonly bytes: number;
  readonly value: R;
}

/** How a delivery ended: acknowledged by the pipeline, settled by the nack policy, or abandoned (its record comes again elsewhere). */
export type DeliveryOutcome = 'acked' | 'settled' | 'abandoned';

/** Limits of a ledger, and whom it tells what. */
export interface LedgerOptions<R> {
  readonly stream: string;
  /** Most deliveries in flight at any moment. */
  readonly maxInFlight: number;
  /** Most bytes in flight at any moment; a larger record is delivered alone. */
  readonly maxInFlightBytes: number;
  /** Decides what becomes of a failed delivery: must call {@link DeliveryLedger.finish} or {@link DeliveryLedger.redeliver} later. */
  onNack(delivery: TrackedDelivery<R>, reason: unknown, stage: string): void;
  /** Called when something is to be committed though no delivery was settled. */
  onNoted?(): void;
  /** Called when a delivery's credit came back. */
  onReturned?(delivery: TrackedDelivery<R>, outcome: DeliveryOutcome): void;
}

/**
 * Every delivery in flight: who may still be delivered (credit by count and bytes), who is settled, and what may be committed.
 *
 * Has no clock and no I/O. A partition's records are tracked per assignment (epoch); after {@link DeliveryLedger.revoke} late
 * settlements give their credit back and change nothing else.
 */
export class DeliveryLedger<R> {
  readonly #options: LedgerOptions<R>;
  readonly #listener: SettlementListener<R>;
  readonly #partitions = new Map<string, PartitionLedger>();
  readonly #open = new Map<PartitionLedger, PlacedSet<TrackedDelivery<R>>>();
  #inFlight = 0;
  #bytes = 0;
  #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(options: LedgerOptions<R>) {
    this.#options = options;
    this.#listener = {
      acked: (delivery) => this.finish(delivery, 'acked'),
      nacked: (delivery, reason, stage) => options.onNack(delivery, reason, stage),
      noted: () => options.onNoted?.(),
    };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get inFlightBytes(): number {
    return this.#bytes;
  }

  /** Partitions that are held now. */
  get partitions(): number {
    return this.#partitions.size;
  }

  /** Starts an assignment; a partition that is held is kept, with its deliveries, under the new epoch. */
  assign(partition: string, epoch: number, progress?: SavedProgress, place?: PartitionPlace): PartitionLedger {
    const held = this.#partitions.get(partition);
    if (held !== undefined) {
      held.epoch = epoch;
      held.touch();
      return held;
    }
    const ledger = new PartitionLedger(partition, epoch, progress, place);
    this.#partitions.set(partition, ledger);
    this.#open.set(ledger, new PlacedSet());
    return ledger;
  }

  /** The assignment of a partition that a batch of this epoch (default: the newest) belongs to, if it is still held. */
  held(partition: string, epoch = Number.POSITIVE_INFINITY): PartitionLedger | undefined {
    const ledger = this.#partitions.get(partition);
    return ledger !== undefined && epoch >= ledger.since ? ledger : undefined;
  }

  /** Ends an assignment: its deliveries are abandoned and their credit comes back. */
  revoke(partition: string): void {
    const ledger = this.#partitions.get(partition);
    if (ledger === undefined) return;
    this.#partitions.delete(partition);
    ledger.close();
    const abandoned = this.#open.get(ledger)?.takeAll() ?? [];
    this.#open.delete(ledger);
    for (const delivery of abandoned) delivery.abandon();
    for (const delivery of abandoned) this.#return(delivery, 'abandoned');
  }

  /** True when a record of so many bytes may be delivered now. */
  hasRoom(bytes: number): boolean {
    if (this.#inFlight >= this.#options.maxInFlight) return false;
    return this.#inFlight === 0 || this.#bytes + bytes <= this.#options.maxInFlightBytes;
  }

  /** Resolves at the next return of credit; ask {@link DeliveryLedger.hasRoom} again then. */
  returned(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Opens a delivery. The caller has seen {@link DeliveryLedger.hasRoom} and the window's `accepts`.
   *
   * @param opening - Called when the record is to be delivered, for the facts that are not the ledger's: trace and clock.
   * @returns `undefined` when the record is finished or in flight already.
   */
  open(
    ledger: PartitionLedger,
    record: LedgerRecord<R>,
    opening: (origin: Origin) => { readonly context: Context; readonly openedMs: number },
  ): TrackedDelivery<R> | undefined {
    if (!ledger.window.open(record.slot, record.position)) {
      ledger.touch();
      return undefined;
    }
    this.#inFlight += 1;
    this.#bytes += record.bytes;
    const origin = ledger.originOf(this.#options.stream, record.position);
    const { value, slot, bytes } = record;
    return this.#track(
      { record: value, origin, slot, bytes, attempt: 1, ...opening(origin) },
      ledger,
      this.#open.get(ledger),
    );
  }

  /** The delivery's record is done: written, dropped or in the dead letter. Gives its credit back. */
  finish(delivery: TrackedDelivery<R>, outcome: 'acked' | 'settled'): void {
    if (!this.#open.get(delivery.ledger)?.delete(delivery)) return;
    delivery.ledger.finish(delivery.facts.slot);
    this.#return(delivery, outcome);
  }

  /** Opens the next delivery of a nacked record, on the same credit; `undefined` when it was abandoned meanwhile. */
  redeliver(delivery: TrackedDelivery<R>): TrackedDelivery<R> | undefined {
    const open = this.#open.get(delivery.ledger);
    if (!open?.delete(delivery)) return undefined;
    return this.#track({ ...delivery.facts, attempt: delivery.attempt + 1 }, delivery.ledger, open);
  }

  /** What is to be committed now, over all partitions. */
  takeCommits(closing = false): CommitEntry[] {
    const commits: CommitEntry[] = [];
    for (const ledger of this.#partitions.values()) {
      const commit = ledger.takeCommit(closing);
      if (commit !== undefined) commits.push(commit);
    }
    return commits;
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Ends every assignment. */
  close(): void {
    for (const partition of [...this.#partitions.keys()]) this.revoke(partition);
  }

  #track(
    facts: DeliveryFacts<R>,
    ledger: PartitionLedger,
    open: PlacedSet<TrackedDelivery<R>> | undefined,
  ): TrackedDelivery<R> {
    const delivery = new TrackedDelivery(facts, ledger, this.#listener);
    open?.add(delivery);
    return delivery;
  }

  #return(delivery: TrackedDelivery<R>, outcome: DeliveryOutcome): void {
    this.#inFlight -= 1;
    this.#bytes -= delivery.facts.bytes;
    this.#options.onReturned?.(delivery, outcome);
    this.#wake();
    if (this.#inFlight > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
