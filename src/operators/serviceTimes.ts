const shortestMs = 5;
const ratio = 1.03; // width of a bin: a service time is known to 3 %
const binCount = 520; // up to about six hours
const edges = Float64Array.from({ length: binCount + 1 }, (_, i) => (i === 0 ? 0 : shortestMs * ratio ** (i - 1)));

/** Position of the bin that holds a time. */
function binOf(ms: number): number {
  if (ms < shortestMs) return 0;
  return Math.min(binCount - 1, 1 + Math.floor(Math.log(ms / shortestMs) / Math.log(ratio)));
}

/** Upper edge of a bin, in milliseconds. */
export function edgeMs(bin: number): number {
  return edges[bin + 1] ?? 0;
}

/**
 * A decayed histogram of service times that are only known to lie between two looks.
 *
 * An observation is spread over its interval in proportion to what is known already (the expectation step for interval-censored
 * data; Turnbull 1976), so that repeated coarse looks sharpen the picture. Old observations fade with a memory of `memory` ones.
 */
export class ServiceTimes {
  readonly #weights = new Float64Array(binCount);
  readonly #growth: number;
  readonly #memory: number;
  #increment = 1;
  #total = 0;
  #count = 0;

  constructor(memory = 400) {
    this.#memory = memory;
    this.#growth = memory / (memory - 1);
  }

  /** Observations so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes a time that lies above `pendingMs` and not above `foundMs`. */
  observe(pendingMs: number, foundMs: number): void {
    const low = binOf(pendingMs);
    const high = Math.max(low, binOf(foundMs));
    const background = this.#total * 1e-4 + 1e-9; // of the whole range: lets mass appear where there was none
    let known = 0;
    for (let bin = low; bin <= high; bin++) known += this.#prior(bin, background);
    for (let bin = low; bin <= high; bin++) {
      this.#weights[bin] = (this.#weights[bin] ?? 0) + (this.#increment * this.#prior(bin, background)) / known;
    }
    this.#total += this.#increment;
    this.#increment *= this.#growth; // newer observations weigh more, which is decay without touching the old ones
    this.#count += 1;
    if (this.#increment > 1e12) this.#scale();
  }

  /** Share of the service times in each bin, from bin 0, smoothed as far as so few observations call for (Silverman's rule). */
  shares(): Float64Array {
    const shares = this.#weights.map((weight) => weight / Math.max(this.#total, 1e-300));
    const mean = shares.reduce((sum, share, bin) => sum + share * bin, 0);
    const variance = shares.reduce((sum, share, bin) => sum + share * (bin - mean) ** 2, 0);
    const bandwidth = 0.9 * Math.sqrt(variance) * Math.min(this.#count, this.#memory) ** -0.2;
    return smooth(shares, bandwidth);
  }

  #prior(bin: number, background: number): number {
    return (this.#weights[bin] ?? 0) + background / binCount;
  }

  #scale(): void {
    for (let bin = 0; bin < binCount; bin++) this.#weights[bin] = (this.#weights[bin] ?? 0) / this.#increment;
    this.#total /= this.#increment;
    this.#increment = 1;
  }
}

/** Spreads each share over its neighbours by a bell curve of so many bins. */
function smooth(shares: Float64Array, bandwidth: number): Float64Array {
  const reach = Math.ceil(2.5 * bandwidth);
  if (reach < 1) return shares;
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / bandwidth) ** 2),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  const smoothed = new Float64Array(shares.length);
  shares.forEach((share, bin) => {
    if (share === 0) return;
    for (let i = 0; i < kernel.length; i++) {
      const at = Math.max(0, Math.min(shares.length - 1, bin + i - reach));
      smoothed[at] = (smoothed[at] ?? 0) + (share * (kernel[i] ?? 0)) / sum;
    }
  });
  return smoothed;
}
