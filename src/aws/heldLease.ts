import type { Lease } from '../ports/leaseStore.ts';

/** A lease this process holds, or held. Its writes go one after another, because each is made on what the one before left. */
export class HeldLease {
  /** Aborted when the lease is no longer ours. */
  readonly gone: AbortSignal;
  readonly #stop = new AbortController();
  readonly #nowMs: () => number;
  readonly #find: (key: string) => Promise<Lease | undefined>;
  #lease: Lease;
  #writtenMs: number;
  /** Writes since the last answer that failed: each may have moved the counter all the same, or may do so yet. */
  #unanswered = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param nowMs - Monotonic clock in milliseconds.
   * @param find - Looks up a lease as it is now.
   */
  constructor(lease: Lease, nowMs: () => number, find: (key: string) => Promise<Lease | undefined>) {
    this.#lease = lease;
    this.#nowMs = nowMs;
    this.#find = find;
    this.#writtenMs = nowMs();
    this.gone = this.#stop.signal;
  }

  get key(): string {
    return this.#lease.key;
  }

  /** The lease as it was written last. */
  get lease(): Lease {
    return this.#lease;
  }

  /** Time since the others last saw its counter move, in milliseconds. */
  get ageMs(): number {
    return this.#nowMs() - this.#writtenMs;
  }

  /**
   * Changes the lease.
   *
   * @param write - Makes the change; answers `undefined` when the lease is not as it was seen. Called again when it was one of
   * our own writes that changed it, whose answer never came.
   * @returns False when the lease is lost.
   */
  change(write: (lease: Lease) => Promise<Lease | undefined>): Promise<boolean> {
    const run = async (): Promise<boolean> => {
      while (!this.gone.aborted) {
        if (await this.#write(write)) return true;
        if (!(await this.#wasOurs())) this.drop();
      }
      return false;
    };
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Takes it as lost. */
  drop(): void {
    this.#stop.abort();
  }

  async #write(write: (lease: Lease) => Promise<Lease | undefined>): Promise<boolean> {
    const startedMs = this.#nowMs();
    this.#unanswered += 1; // until it is answered
    const lease = await write(this.#lease);
    this.#unanswered -= 1;
    if (lease === undefined) return false;
    this.#lease = lease;
    this.#writtenMs = startedMs;
    this.#unanswered = 0;
    return true;
  }

  /** After a refused write: tells whether nobody but us has moved the counter, and goes on from where it is now. */
  async #wasOurs(): Promise<boolean> {
    if (this.#unanswered === 0) return false;
    const now = await this.#find(this.key);
    if (now === undefined || now.owner !== this.#lease.owner) return false;
    const moved = now.counter - this.#lease.counter;
    if (moved < 1 || moved > this.#unanswered) return false;
    this.#lease = now;
    this.#unanswered -= moved;
    return true;
  }
}
