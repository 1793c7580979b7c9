import { diag } from '@opentelemetry/api';
import type { ReadRecord, RecordBatch, RecordReader } from '../ports/recordReader.ts';
import type { DeliveryLedger } from '../tile/deliveryLedger.ts';
import type { PartitionLedger } from '../tile/partitionLedger.ts';

/** What a {@link RecordFeeder} works with. */
export interface FeederOptions<R> {
  readonly reader: RecordReader<R>;
  readonly ledger: DeliveryLedger<R>;
  /** Opens the delivery of a record; there is room for it. */
  readonly deliver: (ledger: PartitionLedger, record: ReadRecord<R>) => void;
  /** True once nothing new is to be delivered. */
  readonly ending: () => boolean;
  readonly fail: (error: unknown) => void;
}

/**
 * The brake: hands records on only against credit, and holds back partitions whose window is full while others go on.
 *
 * What it holds back is at most what the reader had handed over when it was paused.
 */
export class RecordFeeder<R> {
  readonly #options: FeederOptions<R>;
  /** Records of partitions whose window is full, in their order; the reader is paused for these. */
  readonly #held = new Map<string, ReadRecord<R>[]>();
  readonly #feeding = new Set<ReadRecord<R>[]>();

  constructor(options: FeederOptions<R>) {
    this.#options = options;
  }

  /** Takes a batch; resolves when the next may be read. */
  async feed({ partition, epoch, records }: RecordBatch<R>): Promise<void> {
    const { ledger: all, reader, ending } = this.#options;
    const ledger = all.held(partition, epoch);
    const [first] = records;
    if (ledger === undefined || first === undefined) return;
    if (!ledger.marked) await this.#mark(ledger, first.slot);
    const held = this.#held.get(partition);
    if (held !== undefined) {
      for (const record of records) held.push(record); // not as arguments, of which a call takes only so many
      return;
    }
    const delivered = await this.#deliverAll(ledger, records);
    if (delivered === records.length || ledger.closed || ending()) return;
    this.#held.set(partition, records.slice(delivered));
    reader.pause(partition);
    diag.warn(
      `${reader.stream}/${partition} waits: the record at ${ledger.window.oldest} is unfinished, and ${ledger.window.span} places from it are read`,
    );
    this.release(ledger); // what blocked it may have finished since it was found full
  }

  /** Says before the first record that this process works on the partition; again, where a rebalance came between. */
  async #mark(ledger: PartitionLedger, slot: number): Promise<void> {
    for (let epoch = -1; epoch !== ledger.epoch && !ledger.closed; ) {
      epoch = ledger.epoch;
      await this.#options.reader.commit([ledger.takeMark(slot)]);
    }
  }

  /** A record of the partition was finished: goes on with what was held back, if the window takes it now. */
  release(ledger: PartitionLedger): void {
    const { partition, window } = ledger;
    const held = this.#held.get(partition);
    if (held === undefined || this.#feeding.has(held)) return;
    const takesMore = (): boolean => held[0] !== undefined && window.accepts(held[0].slot);
    if (!takesMore()) return;
    this.#feeding.add(held);
    const go = async (): Promise<void> => {
      // Asked again after each pass: what is finished while a pass ends is told to nobody.
      while (takesMore() && !ledger.closed && !this.#options.ending()) {
        held.splice(0, await this.#deliverAll(ledger, held));
      }
      this.#feeding.delete(held);
      if (held.length > 0 || this.#held.get(partition) !== held) return;
      this.#held.delete(partition);
      this.#options.reader.resume(partition);
    };
    go().catch(this.#options.fail);
  }

  /** Forgets what is held back of a partition that was taken away. */
  drop(partition: string): void {
    this.#held.delete(partition);
  }

  /** Delivers in order, waiting for credit; ends early where the window is full, the partition gone or the source ending. */
  async #deliverAll(ledger: PartitionLedger, records: readonly ReadRecord<R>[]): Promise<number> {
    const { ledger: all, ending, deliver } = this.#options;
    let at = 0;
    for (const record of records) {
      while (!all.hasRoom(record.bytes)) {
        if (ending() || ledger.closed) return at;
        await all.returned();
      }
      if (ending() || ledger.closed || !ledger.window.accepts(record.slot)) return at;
      deliver(ledger, record);
      at += 1;
    }
    return at;
  }
}
