/** Measures how fast a count grows, over the last seconds. */
export class RateMeter {
  readonly #windowMs: number;
  readonly #samples: { readonly atMs: number; readonly count: number }[] = [];

  constructor(windowMs = 10_000) {
    this.#windowMs = windowMs;
  }

  /** Takes the count as it is now; answers its growth per second, 0 at first. */
  rate(count: number, atMs: number): number {
    const last = this.#samples.at(-1);
    if (last === undefined || atMs - last.atMs >= this.#windowMs / 50) this.#samples.push({ atMs, count });
    while ((this.#samples[1]?.atMs ?? atMs) < atMs - this.#windowMs) this.#samples.shift();
    const [first] = this.#samples;
    if (first === undefined || atMs === first.atMs) return 0;
    return ((count - first.count) * 1000) / (atMs - first.atMs);
  }
}
