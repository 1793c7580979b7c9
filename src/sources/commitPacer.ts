import { setTimeout as sleep } from 'node:timers/promises';

/** Options of a {@link CommitPacer}. */
export interface CommitPacerOptions {
  /** Takes what is to be committed and commits it. */
  readonly commit: () => Promise<void>;
  /** Shortest time from the end of one commit to the start of the next, in milliseconds. */
  readonly intervalMs: number;
  /** Called once, when a commit failed for good. */
  readonly fail: (error: unknown) => void;
}

/** Runs commits one after another, at most one per interval; requests that come meanwhile are served by the next. */
export class CommitPacer {
  readonly #options: CommitPacerOptions;
  readonly #stop = new AbortController();
  #requested = false;
  #running: Promise<void> | undefined;

  constructor(options: CommitPacerOptions) {
    this.#options = options;
  }

  /** Asks for a commit soon. Cheap: called for every settled tile. */
  request(): void {
    this.#requested = true;
    this.#running ??= this.#run();
  }

  /** Ends pacing: waits for the commit that runs, starts no other. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { commit, intervalMs, fail } = this.#options;
    const { signal } = this.#stop;
    try {
      while (this.#requested && !signal.aborted) {
        await Promise.resolve(); // gathers what settles in the same turn
        this.#requested = false;
        await commit();
        if (intervalMs > 0) await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
      }
    } catch (error) {
      this.#stop.abort();
      fail(error);
    } finally {
      this.#running = undefined;
    }
  }
}
