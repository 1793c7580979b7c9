/** Something to send, with the promise that waits for it. */
export interface Sendable<T> {
  readonly value: T;
  readonly bytes: number;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/** Limits of a {@link BatchLane}, and how it sends. */
export interface BatchLaneOptions<T> {
  readonly lingerMs: number;
  /** Most bytes of a batch; asked for each batch. A larger item is sent alone. */
  readonly maxBytes: () => number;
  readonly maxItems: number;
  /** Sends a batch and settles each of its items; must not reject. */
  readonly send: (batch: readonly Sendable<T>[]) => Promise<void>;
}

/** Gathers what goes to one place into batches, one on its way at a time, so that the order stays. */
export class BatchLane<T> {
  readonly #options: BatchLaneOptions<T>;
  #waiting: Sendable<T>[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: BatchLaneOptions<T>) {
    this.#options = options;
  }

  add(item: Sendable<T>): void {
    const { lingerMs, maxBytes, maxItems } = this.#options;
    this.#waiting.push(item);
    this.#waitingBytes += item.bytes;
    if (this.#sending !== undefined) return; // goes with the next batch
    if (this.#waitingBytes >= maxBytes() || this.#waiting.length >= maxItems) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), lingerMs);
  }

  /** Sends what waits now; resolves when nothing waits and nothing is on its way. */
  async flush(): Promise<void> {
    this.#start();
    while (this.#sending !== undefined) await this.#sending;
  }

  #start(): void {
    if (this.#sending !== undefined || this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#options.send(this.#cut()).finally(() => {
      this.#sending = undefined;
      this.#start(); // what came meanwhile has lingered long enough
    });
  }

  #cut(): readonly Sendable<T>[] {
    const { maxItems } = this.#options;
    const maxBytes = this.#options.maxBytes();
    let bytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      if (count > 0 && (count === maxItems || bytes + item.bytes > maxBytes)) break;
      bytes += item.bytes;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}
