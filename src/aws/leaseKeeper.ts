import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import type { Lease, LeaseStore } from '../ports/leaseStore.ts';
import { HeldLease } from './heldLease.ts';
import { planTaking } from './planTaking.ts';
import { readableLeases } from './readableLeases.ts';
import type { Timing } from './timing.ts';

/** Options of {@link LeaseKeeper}. */
export interface LeaseKeeperOptions {
  readonly store: LeaseStore;
  /** Name of this worker; no other may have it. */
  readonly worker: string;
  readonly failoverMs: number;
  /** Leases taken from a worker that lives, by one look. */
  readonly stealsAtOnce: number;
  readonly timing: Timing;
  readonly taken: (held: HeldLease) => void;
  readonly lost: (held: HeldLease) => void;
  /**
   * Told after each look whether the leases are shared out: none is ours to take, and each that is not ours is another's who was seen to
   * renew it.
   */
  readonly looked: (sharedOut: boolean) => void;
  /** Called once, when the store refuses us for good. */
  readonly failed: (error: unknown) => void;
}

/** Takes a fair share of the leases, and keeps them by moving their counters before anybody can think that we are gone. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, HeldLease>();
  /** When each lease's counter was first seen at its present value. */
  readonly #seen = new Map<string, { readonly counter: number; readonly sinceMs: number; readonly moved: boolean }>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  readonly #closing = new AbortController();
  readonly #stopTaking = new AbortController();
  #looking: Promise<void> = Promise.resolve();
  #running: readonly Promise<void>[] = [];

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    const { failoverMs } = this.#options;
    const taking = AbortSignal.any([this.#closing.signal, this.#stopTaking.signal]);
    this.#running = [
      this.#repeat(failoverMs / 3, this.#closing.signal, () => this.#renewAll()),
      this.#repeat(failoverMs / 2, taking, () => this.takeShare()),
    ];
  }

  /** Takes no further leases; those held are kept. */
  stopTaking(): void {
    this.#stopTaking.abort();
  }

  /** Forgets a lease whose shard is finished. */
  finished(held: HeldLease): void {
    this.#held.delete(held.key);
    held.drop();
  }

  /** Looks at all leases and takes what is ours to take. */
  takeShare(): Promise<void> {
    const run = (): Promise<void> => this.#takeShare();
    // One look at a time: two at once could take one lease twice.
    const result = this.#looking.then(run, run);
    this.#looking = result.catch(() => undefined);
    return result;
  }

  /** Gives all leases back and ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#running, this.#looking]);
    const { store } = this.#options;
    await Promise.allSettled(
      [...this.#held.values()].map(async (held) => {
        await held.change((lease) => store.release(lease));
        held.drop();
      }),
    );
    this.#held.clear();
  }

  async #takeShare(): Promise<void> {
    const { store, worker, failoverMs, timing, stealsAtOnce } = this.#options;
    const leases = await store.list();
    this.#observe(leases);
    const expired = ({ key }: Lease): boolean =>
      timing.nowMs() - (this.#seen.get(key)?.sinceMs ?? timing.nowMs()) > failoverMs;
    const held = new Set(this.#held.keys());
    const plan = planTaking({ leases, worker, held, expired, random: timing.random, stealsAtOnce });
    let { enough } = plan;
    for (const lease of plan.leases) {
      if (this.#closing.signal.aborted || this.#stopTaking.signal.aborted) return;
      const mine = await store.take(lease, worker);
      if (mine === undefined) enough = false;
      else this.#hold(mine);
    }
    const theirs = readableLeases(leases).filter(({ key }) => !this.#held.has(key));
    this.#options.looked(enough && theirs.every(({ key }) => this.#seen.get(key)?.moved === true));
  }

  #hold(lease: Lease): void {
    const { store, timing } = this.#options;
    const held = new HeldLease(lease, timing.nowMs, (key) => store.find(key));
    this.#held.set(held.key, held);
    held.gone.addEventListener('abort', () => {
      if (this.#held.get(held.key) !== held) return;
      this.#held.delete(held.key);
      if (!this.#closing.signal.aborted) this.#options.lost(held);
    });
    this.#options.taken(held);
  }

  async #renewAll(): Promise<void> {
    const { store, failoverMs } = this.#options;
    const renew = async (held: HeldLease): Promise<void> => {
      // A commit moves the counter, too.
      if (held.ageMs < failoverMs / 4) return;
      try {
        await held.change((lease) => store.renew(lease));
      } finally {
        if (held.ageMs > failoverMs) held.drop(); // the others take it now: whatever we do with it does not count
      }
    };
    const results = await Promise.allSettled([...this.#held.values()].map(renew));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  /** Who could not look for long does not know of anybody that he is gone: the others could not write either, as likely as not. */
  #observe(leases: readonly Lease[]): void {
    const { timing, failoverMs } = this.#options;
    const nowMs = timing.nowMs();
    const blind = nowMs - this.#lookedMs > failoverMs;
    this.#lookedMs = nowMs;
    for (const { key, counter } of leases) {
      const before = this.#seen.get(key);
      if (before?.counter !== counter) this.#seen.set(key, { counter, sinceMs: nowMs, moved: before !== undefined });
      else if (blind) this.#seen.set(key, { ...before, sinceMs: nowMs });
    }
    const keys = new Set(leases.map(({ key }) => key));
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
  }

  async #repeat(everyMs: number, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = everyMs;
      try {
        await run();
      } catch (error) {
        if (signal.aborted) return; // what it was for is not wanted any more
        pauseMs = this.#options.failoverMs / 20;
        const { retryable, message } = toSwathError(error);
        if (!retryable) {
          this.#options.failed(error);
          return;
        }
        diag.warn(`the leases wait: ${message}`);
      }
      await this.#options.timing.sleep(pauseMs, signal);
    }
  }
}
