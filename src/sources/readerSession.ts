import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Subscriber } from 'rxjs';
import type { Assignment, ReadRecord, RecordReader } from '../ports/recordReader.ts';
import { contextFrom } from '../telemetry/contextFrom.ts';
import { endTileSpan } from '../telemetry/endTileSpan.ts';
import { nameTile, startTileSpan } from '../telemetry/startTileSpan.ts';
import { DeliveryLedger, type DeliveryOutcome } from '../tile/deliveryLedger.ts';
import { Envelope } from '../tile/envelope.ts';
import type { PartitionLedger } from '../tile/partitionLedger.ts';
import type { TrackedDelivery } from '../tile/trackedDelivery.ts';
import { closeInOrder } from './closeInOrder.ts';
import { CommitPacer } from './commitPacer.ts';
import { keyBytes } from './keyBytes.ts';
import { lastCommit } from './lastCommit.ts';
import { NackDesk } from './nackDesk.ts';
import { openSessions } from './openSessions.ts';
import { OrderGate } from './orderGate.ts';
import { orderKey } from './orderKey.ts';
import { outputsOpen } from './outputsOpen.ts';
import type { SessionOptions } from './readerSourceOptions.ts';
import { RecordFeeder } from './recordFeeder.ts';
import { SourceCounters } from './sourceCounters.ts';

/** One subscription of {@link fromReader}: reads, delivers against credit, settles, commits, and ends in one of three ways. */
export class ReaderSession<R extends object, T extends object> {
  readonly #reader: RecordReader<R>;
  readonly #options: SessionOptions<R, T>;
  readonly #subscriber: Subscriber<Envelope<T>>;
  readonly #stop = new AbortController();
  readonly #ledger: DeliveryLedger<R>;
  readonly #gate: OrderGate<TrackedDelivery<R>>;
  readonly #desk: NackDesk<R>;
  readonly #pacer: CommitPacer;
  readonly #counters: SourceCounters;
  readonly #feeder: RecordFeeder<R>;
  #failing = false;
  #isPolicyOpen = false;
  #freed: Promise<void> | undefined;

  constructor(reader: RecordReader<R>, options: SessionOptions<R, T>, subscriber: Subscriber<Envelope<T>>) {
    const { maxInFlight, maxInFlightBytes, commitIntervalMs, drain } = options;
    const fail = (error: unknown): void => this.#fail(error);
    this.#reader = reader;
    this.#options = options;
    this.#subscriber = subscriber;
    this.#counters = new SourceCounters(drain, reader.stream);
    this.#ledger = new DeliveryLedger<R>({
      stream: reader.stream,
      maxInFlight,
      maxInFlightBytes,
      onNack: (delivery, reason, stage) => void this.#desk.handle(delivery, reason, stage),
      onNoted: () => this.#pacer.request(),
      onReturned: (delivery, outcome) => this.#returned(delivery, outcome),
    });
    this.#feeder = new RecordFeeder({
      reader,
      ledger: this.#ledger,
      deliver: (ledger, record) => this.#deliver(ledger, record),
      ending: () => this.#ending,
      fail,
    });
    this.#gate = new OrderGate(orderKey(options), (delivery) => this.#emit(delivery));
    this.#desk = new NackDesk(this.#ledger, options.onNack, {
      emit: (next) => this.#emit(next),
      fail,
      progress: this.#counters.progress,
    });
    this.#pacer = new CommitPacer({
      commit: async () => void (await this.#commit(false)),
      intervalMs: commitIntervalMs,
      fail,
    });
  }

  start(): void {
    this.#pump().catch((error: unknown) => this.#fail(error));
  }

  /** Stops at once; nothing in flight is committed any more. */
  abandon(): void {
    this.#stop.abort();
    this.#ledger.close();
    this.#counters.ended(this.#ledger.partitions);
    void this.#pacer.stop();
    openSessions(this.#options.drain).add(this.#free()); // which ends the commit that runs: some are made until the reader closes
  }

  get #ending(): boolean {
    return this.#options.drain.aborted || this.#stop.signal.aborted;
  }

  async #pump(): Promise<void> {
    const signal = AbortSignal.any([this.#options.drain, this.#stop.signal]);
    const events = {
      assigned: (assignment: Assignment) => this.#assigned(assignment),
      revoked: (partition: string) => this.#revoked(partition),
      caughtUp: (is: boolean) => this.#counters.caughtUp(is),
      failed: (error: unknown) => this.#fail(error),
      progressAfter: (partition: string, finishing: ReadonlySet<number>) =>
        this.#ledger.held(partition)?.progressAfter(finishing),
    };
    await outputsOpen.settled(signal, async () => {
      await this.#options.onNack.open?.();
      this.#isPolicyOpen = true;
    });
    for await (const batch of this.#reader.read(events, signal)) {
      await this.#feeder.feed(batch);
      if (this.#ending) break;
    }
    await this.#ledger.idle();
    if (this.#stop.signal.aborted) return;
    await this.#pacer.stop();
    // Again where the group was formed anew meanwhile: what is kept under another epoch is committed under that one.
    while (await this.#commit(true));
    await this.#free();
    this.#subscriber.complete();
  }

  #assigned({ partition, epoch, progress, ...place }: Assignment): void {
    const ledger = this.#ledger.assign(partition, epoch, progress, place);
    this.#counters.assigned(this.#ledger.partitions);
    if (place.begin !== undefined || ledger.since !== epoch) this.#pacer.request(); // kept: what was on its way may not have counted
    if (!ledger.mapIgnored || ledger.since !== epoch) return;
    this.#counters.mapIgnored(partition);
  }

  #revoked(partition: string): void {
    this.#feeder.drop(partition);
    this.#ledger.revoke(partition);
    this.#counters.revoked(partition, this.#ledger.partitions);
  }

  #deliver(ledger: PartitionLedger, record: ReadRecord<R>): void {
    const options = this.#options;
    const { system, stream, group } = this.#reader;
    const delivery = this.#ledger.open(ledger, record, (origin) => {
      const carrier = options.carrier(record.value);
      const facts = { system, stream, group, origin, bytes: record.bytes, key: keyBytes(record.value) };
      const parent = carrier === undefined ? ROOT_CONTEXT : contextFrom(carrier);
      return { context: startTileSpan(facts, parent), openedMs: options.now() };
    });
    if (delivery === undefined) {
      this.#counters.progress.skipped += 1;
      this.#pacer.request();
      return;
    }
    this.#counters.delivered();
    this.#gate.enter(delivery);
  }

  #emit(delivery: TrackedDelivery<R>): void {
    if (delivery.abandoned) return;
    let tile: T;
    try {
      tile = this.#options.decode(delivery.facts.record, delivery.origin);
    } catch (error) {
      delivery.nack(error, 'decode');
      return;
    }
    if ('id' in tile && typeof tile.id === 'string') nameTile(delivery.context, tile.id);
    this.#subscriber.next(new Envelope(tile, delivery));
  }

  #returned(delivery: TrackedDelivery<R>, outcome: DeliveryOutcome): void {
    this.#counters.returned(outcome, (this.#options.now() - delivery.facts.openedMs) / 1000);
    if (outcome !== 'settled') endTileSpan(delivery.context, outcome); // the policy has ended the others
    this.#gate.leave(delivery);
    if (outcome === 'abandoned') return;
    this.#pacer.request();
    this.#feeder.release(delivery.ledger);
  }

  /** Answers whether there was something to commit. */
  async #commit(closing: boolean): Promise<boolean> {
    const commits = this.#ledger.takeCommits(closing);
    if (commits.length > 0) await this.#counters.committed(this.#reader.commit(commits));
    return commits.length > 0;
  }

  /** Ends with an error; what was finished by then is committed first, if the log still takes it. */
  #fail(error: unknown): void {
    if (this.#failing || this.#stop.signal.aborted) return;
    this.#failing = true;
    this.#stop.abort();
    const commit = this.#pacer.stop().then(() => this.#commit(false));
    void lastCommit(this.#reader.stream, commit).then(() => this.#subscriber.error(error));
  }

  #free(): Promise<void> {
    this.#freed ??= this.#freeOnce();
    return this.#freed;
  }

  async #freeOnce(): Promise<void> {
    const policy = Promise.resolve(this.#options.onNack.close?.());
    // A policy that never reached what it writes to would only be waited for.
    if (!this.#isPolicyOpen) policy.catch(() => undefined);
    await closeInOrder(this.#reader.stream, [this.#reader.close(), ...(this.#isPolicyOpen ? [policy] : [])]);
  }
}
