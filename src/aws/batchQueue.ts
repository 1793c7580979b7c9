import type { RecordBatch } from '../ports/recordReader.ts';

interface Waiting<R> {
  readonly batch: RecordBatch<R>;
  readonly end: (handedOver: boolean) => void;
}

/** Where the readers of shards meet the consumer: each has at most one batch waiting, and reads on when it was taken. */
export class BatchQueue<R> {
  #waiting: Waiting<R>[] = [];
  readonly #paused = new Map<string, PromiseWithResolvers<void>>();
  #changed = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | undefined;

  /** Resolves when the batch was handed over, with false when it was withdrawn before. */
  push(batch: RecordBatch<R>): Promise<boolean> {
    return new Promise((end) => {
      this.#waiting.push({ batch, end });
      this.#notify();
    });
  }

  /** Takes back what waits of a partition, or of all. */
  withdraw(partition?: string): void {
    const gone = this.#waiting.filter(({ batch }) => partition === undefined || batch.partition === partition);
    this.#waiting = this.#waiting.filter((entry) => !gone.includes(entry));
    for (const { end } of gone) end(false);
  }

  pause(partition: string): void {
    if (!this.#paused.has(partition)) this.#paused.set(partition, Promise.withResolvers());
  }

  resume(partition: string): void {
    this.#paused.get(partition)?.resolve();
    this.#paused.delete(partition);
    this.#notify();
  }

  isPaused(partition: string): boolean {
    return this.#paused.has(partition);
  }

  /** Resolves when the partition is not paused, or the signal aborts. */
  async ready(partition: string, signal: AbortSignal): Promise<void> {
    const paused = this.#paused.get(partition);
    if (paused === undefined || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end);
      void paused.promise.then(end);
    });
  }

  /** Ends {@link BatchQueue.take} with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#notify();
  }

  /**
   * Hands batches over, one at a time, until the signal aborts.
   *
   * @param waits - Called when what was handed over is taken and nothing else is there, and again after {@link BatchQueue.wake}.
   */
  async *take(
    signal: AbortSignal,
    waits: () => void = () => undefined,
  ): AsyncGenerator<RecordBatch<R>, void, undefined> {
    const stop = (): void => this.#notify();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        if (this.#failure !== undefined) throw this.#failure.error;
        const next = this.#waiting.find(({ batch }) => !this.#paused.has(batch.partition));
        if (next === undefined) {
          waits();
          await this.#changed.promise;
          continue;
        }
        this.#waiting = this.#waiting.filter((entry) => entry !== next);
        next.end(true);
        yield next.batch;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Looks again what there is. */
  wake(): void {
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
