/**
 * Bounds how many reads are under way, or wait with what they brought, at the same time: each may have brought 10 MB.
 *
 * Whoever waits longest is served first.
 */
export class ReadPermits {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with how to give the permit back, which counts once; at once with nothing to give back when the signal aborts. */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return () => undefined;
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#permit();
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const grant = (): void => resolve(true);
    const leave = (): void => {
      if (this.#waiting.delete(grant)) resolve(false);
    };
    this.#waiting.add(grant);
    signal.addEventListener('abort', leave);
    const granted = await promise;
    signal.removeEventListener('abort', leave);
    return granted ? this.#permit() : () => undefined;
  }

  #permit(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#free += 1;
        return;
      }
      this.#waiting.delete(next);
      next();
    };
  }
}
