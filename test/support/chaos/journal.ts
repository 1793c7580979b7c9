import { openSync, readFileSync, writeSync } from 'node:fs';

/** How far a process came. */
export interface JournalCounts {
  /** Tiles delivered. */
  readonly opened: number;
  /** Tiles acknowledged. */
  readonly finished: number;
  /** Tiles that had been acknowledged when the last confirmed commit was taken. */
  readonly committed: number;
}

/**
 * Counts what a process does, in a file: the kernel keeps what was written there however the process ends, kill -9 included.
 *
 * What may be repeated after the end is `opened − committed`: in flight at the end, and finished since the last commit.
 */
export class Journal {
  readonly #file: number;
  readonly #counts = new Float64Array(3);

  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.#write();
  }

  get finished(): number {
    return this.#counts[1] ?? 0;
  }

  opened(): void {
    this.#add(0);
  }

  /** To be called after the acknowledgement: then what is counted as finished is in the next commit. */
  acknowledged(): void {
    this.#add(1);
  }

  /** @param finished - {@link Journal.finished} when the commit was taken. */
  committed(finished: number): void {
    this.#counts[2] = finished;
    this.#write();
  }

  static read(path: string): JournalCounts {
    const bytes = new Uint8Array(readFileSync(path));
    const [opened = 0, finished = 0, committed = 0] = new Float64Array(bytes.buffer);
    return { opened, finished, committed };
  }

  #add(at: 0 | 1): void {
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#write();
  }

  #write(): void {
    writeSync(this.#file, this.#counts, 0, this.#counts.byteLength, 0); // in place, in one call: never half
  }
}
