import type { Lease } from '../ports/leaseStore.ts';

/** A lease this process holds, or held. Its writes go one after another, because each is made on what the one before left. */
export class HeldLease {
  /** Aborted when the lease is no longer ours. */
  readonly gone: AbortSignal;
  readonly #stop = new AbortController();
  readonly #nowMs: () => number;
  #lease: Lease;
  #writtenMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(lease: Lease, nowMs: () => number) {
    this.#lease = lease;
    this.#nowMs = nowMs;
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
   * @param write - Makes the change; answers `undefined` when the lease is somebody else's by now.
   * @returns False when the lease is lost.
   */
  change(write: (lease: Lease) => Promise<Lease | undefined>): Promise<boolean> {
    const run = async (): Promise<boolean> => {
      if (this.gone.aborted) return false;
      const startedMs = this.#nowMs();
      const lease = await write(this.#lease);
      if (lease === undefined) {
        this.drop();
        return false;
      }
      this.#lease = lease;
      this.#writtenMs = startedMs;
      return true;
    };
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Takes it as lost. */
  drop(): void {
    this.#stop.abort();
  }
}
