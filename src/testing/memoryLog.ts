import type {
  Commit,
  ReaderEvents,
  ReadRecord,
  RecordBatch,
  RecordReader,
  StoredProgress,
} from '../ports/recordReader.ts';

/** Options of {@link memoryLog}. */
export interface MemoryLogOptions<T> {
  /** Default `memory`. */
  readonly stream?: string;
  /** Name of the partition of a record; default: all lie in `0`. */
  readonly partitionOf?: (record: T, index: number) => string;
  /** Size of a record, in bytes; default 1. */
  readonly bytesOf?: (record: T) => number;
  /** Most records of a batch; default 500. */
  readonly batchSize?: number;
  /** True: reading does not end with the last record, it waits for more; default false. */
  readonly endless?: boolean;
}

/** A log in memory that outlives its readers: reading again goes on from what was committed. */
export interface MemoryLog<T> extends RecordReader<T> {
  /** Positions committed so far, in their order, of all partitions. */
  readonly committed: readonly string[];
  /** Every commit, as it came. */
  readonly commits: readonly Commit[];
  /** What a restart would find. */
  stored(partition: string): StoredProgress | undefined;
  /** Adds records at the end. */
  append(...records: T[]): void;
  /** Takes a partition away from the reader, as a rebalance does; `assign` gives it back under a new epoch. */
  revoke(partition: string): void;
  assign(partition: string): void;
}

interface Shelf<T> {
  readonly records: ReadRecord<T>[];
  stored: StoredProgress | undefined;
  epoch: number;
  assigned: boolean;
  paused: boolean;
  cursor: number;
}

/**
 * Makes a log in memory of the records, with positions `0`, `1`, … in each partition.
 *
 * @example
 * const log = memoryLog([{ ms: 40 }, { ms: 5 }]);
 * await lastValueFrom(fromReader(log, { drain }).pipe(wait, ackAll()));
 * log.committed; // ['1']
 */
export function memoryLog<T extends object>(records: Iterable<T>, options: MemoryLogOptions<T> = {}): MemoryLog<T> {
  return new MemoryLogReader(records, options);
}

class MemoryLogReader<T extends object> implements MemoryLog<T> {
  readonly system = 'memory';
  readonly stream: string;
  readonly committed: string[] = [];
  readonly commits: Commit[] = [];
  readonly #options: MemoryLogOptions<T>;
  readonly #shelves = new Map<string, Shelf<T>>();
  #events: ReaderEvents | undefined;
  #count = 0;
  #wake: () => void = () => undefined;

  constructor(records: Iterable<T>, options: MemoryLogOptions<T>) {
    this.stream = options.stream ?? 'memory';
    this.#options = options;
    this.append(...records);
  }

  append(...records: T[]): void {
    const { partitionOf = () => '0', bytesOf = () => 1 } = this.#options;
    for (const value of records) {
      const partition = partitionOf(value, this.#count++);
      const shelf = this.#shelves.get(partition) ?? this.#add(partition);
      const slot = shelf.records.length;
      shelf.records.push({ position: String(slot), slot, bytes: bytesOf(value), value });
    }
    this.#wake();
  }

  stored(partition: string): StoredProgress | undefined {
    return this.#shelves.get(partition)?.stored;
  }

  revoke(partition: string): void {
    const shelf = this.#shelves.get(partition);
    if (shelf === undefined || !shelf.assigned) return;
    shelf.assigned = false;
    this.#events?.revoked(partition);
  }

  assign(partition: string): void {
    const shelf = this.#shelves.get(partition);
    if (shelf === undefined || this.#events === undefined) return;
    shelf.epoch += 1;
    shelf.assigned = true;
    shelf.paused = false;
    shelf.cursor = shelf.stored?.nextSlot ?? 0;
    this.#events.assigned({ partition, epoch: shelf.epoch, progress: shelf.stored });
    this.#wake();
  }

  async *read(events: ReaderEvents, signal: AbortSignal): AsyncGenerator<RecordBatch<T>> {
    this.#events = events;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    for (const partition of this.#shelves.keys()) this.assign(partition);
    while (!signal.aborted) {
      const batch = this.#next();
      if (batch !== undefined) yield batch;
      else if (this.#options.endless !== true && !this.#isHeldUp()) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    signal.removeEventListener('abort', stop);
  }

  pause(partition: string): void {
    const shelf = this.#shelves.get(partition);
    if (shelf !== undefined) shelf.paused = true;
  }

  resume(partition: string): void {
    const shelf = this.#shelves.get(partition);
    if (shelf !== undefined) shelf.paused = false;
    this.#wake();
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    for (const commit of commits) {
      const shelf = this.#shelves.get(commit.partition);
      if (shelf === undefined || !shelf.assigned || shelf.epoch !== commit.epoch) continue;
      const moved = commit.nextSlot !== shelf.stored?.nextSlot;
      shelf.stored = { nextSlot: commit.nextSlot, map: commit.map };
      this.commits.push(commit);
      if (moved && commit.position !== undefined) this.committed.push(commit.position);
    }
  }

  async close(): Promise<void> {
    for (const shelf of this.#shelves.values()) shelf.assigned = false;
    this.#events = undefined;
  }

  #add(partition: string): Shelf<T> {
    const shelf: Shelf<T> = { records: [], stored: undefined, epoch: 0, assigned: false, paused: false, cursor: 0 };
    this.#shelves.set(partition, shelf);
    if (this.#events !== undefined) this.assign(partition);
    return shelf;
  }

  #next(): RecordBatch<T> | undefined {
    for (const [partition, shelf] of this.#shelves) {
      if (!shelf.assigned || shelf.paused || shelf.cursor >= shelf.records.length) continue;
      const records = shelf.records.slice(shelf.cursor, shelf.cursor + (this.#options.batchSize ?? 500));
      shelf.cursor += records.length;
      return { partition, epoch: shelf.epoch, records };
    }
    return undefined;
  }

  /** True while a paused partition still has records: its end is not the log's end. */
  #isHeldUp(): boolean {
    return [...this.#shelves.values()].some((shelf) => shelf.paused);
  }
}
