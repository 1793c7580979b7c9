import type { ReadRecord, RecordBatch } from '../ports/recordReader.ts';

/** Limits of a {@link ReadBuffer}, and whom it tells. */
export interface ReadBufferOptions {
  /** Shared evenly by the partitions; a partition over its share must rest. */
  readonly maxBytes: number;
  /** Called when a partition has had enough; what comes nevertheless is kept. */
  readonly rest: (partition: string) => void;
  /** Called when half of a resting partition's share is free again. */
  readonly goOn: (partition: string) => void;
}

interface Queue<R> {
  readonly epoch: number;
  /** Those before `head` are gone already. */
  records: (ReadRecord<R> | undefined)[];
  /** Index of the first record not handed over. */
  head: number;
  bytes: number;
  resting: boolean;
}

const recordOverheadBytes = 256; // objects around a record; bounds the number of tiny ones
const batchRecords = 256;

/** Records fetched and not yet handed over: a bounded queue per partition, taken from in turn. */
export class ReadBuffer<R> {
  readonly #options: ReadBufferOptions;
  readonly #queues = new Map<string, Queue<R>>();
  readonly #paused = new Set<string>();
  /** Partitions with something to hand over, the next one first. */
  #turn: string[] = [];
  #wake: () => void = () => undefined;

  constructor(options: ReadBufferOptions) {
    this.#options = options;
  }

  /** Starts a partition empty; nothing of an earlier assignment is handed over any more. */
  open(partition: string, epoch: number): void {
    this.#queues.set(partition, { epoch, records: [], head: 0, bytes: 0, resting: false });
  }

  /** Forgets what was fetched of a partition; a paused one stays so. */
  empty(partition: string): void {
    this.#queues.delete(partition);
  }

  /** Forgets a partition. */
  drop(partition: string): void {
    this.empty(partition);
    this.#paused.delete(partition);
  }

  clear(): void {
    this.#queues.clear();
    this.#paused.clear();
    this.#turn = [];
    this.wake();
  }

  /** Takes what was fetched; records of a partition that is not open are dropped. */
  push(partition: string, records: readonly ReadRecord<R>[]): void {
    const queue = this.#queues.get(partition);
    if (queue === undefined || records.length === 0) return;
    for (const record of records) {
      queue.records.push(record);
      queue.bytes += record.bytes + recordOverheadBytes;
    }
    if (!queue.resting && queue.bytes >= this.#share()) {
      queue.resting = true;
      this.#options.rest(partition);
    }
    this.#queue(partition);
  }

  /** Stops handing over a partition's records. */
  pause(partition: string): void {
    this.#paused.add(partition);
  }

  resume(partition: string): void {
    if (this.#paused.delete(partition)) this.#queue(partition);
  }

  /** The next records, of the partition whose turn it is; `undefined` when there are none. */
  take(): RecordBatch<R> | undefined {
    for (let partition = this.#turn.shift(); partition !== undefined; partition = this.#turn.shift()) {
      const queue = this.#queues.get(partition);
      if (queue === undefined || this.#paused.has(partition) || queue.head === queue.records.length) continue;
      const records = this.#cut(queue);
      if (queue.resting && queue.bytes * 2 <= this.#share()) {
        queue.resting = false;
        this.#options.goOn(partition);
      }
      this.#queue(partition);
      return { partition, epoch: queue.epoch, records };
    }
    return undefined;
  }

  /** Resolves when {@link ReadBuffer.take} may answer something, or {@link ReadBuffer.wake} is called. */
  changed(): Promise<void> {
    if (this.#turn.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }

  #share(): number {
    return this.#options.maxBytes / Math.max(1, this.#queues.size);
  }

  #cut(queue: Queue<R>): ReadRecord<R>[] {
    const end = queue.head + batchRecords;
    const records = queue.records.slice(queue.head, end).filter((record) => record !== undefined);
    for (const record of records) queue.bytes -= record.bytes + recordOverheadBytes;
    queue.records.fill(undefined, queue.head, end); // what was handed over is counted, and freed, elsewhere
    queue.head += records.length;
    if (queue.head * 2 >= queue.records.length) {
      queue.records = queue.records.slice(queue.head); // amortised O(1) a record
      queue.head = 0;
    }
    return records;
  }

  #queue(partition: string): void {
    const queue = this.#queues.get(partition);
    if (queue === undefined || queue.head === queue.records.length) return;
    if (this.#paused.has(partition) || this.#turn.includes(partition)) return;
    this.#turn.push(partition);
    this.wake();
  }
}
