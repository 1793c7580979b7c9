import { edgeMs } from './serviceTimes.ts';

/** Share of service times, at either end, that the plan does not care for. */
const tail = 0.004;

/**
 * When to look for an outcome, so that lateness plus `costMs` per look is smallest on average.
 *
 * Exact for the given histogram: the best plan from each bin on is found once, from the last bin backwards. In the limit of fine
 * bins its density of looks is √(hazard / 2·cost).
 *
 * @param shares - Share of the service times per bin of {@link ServiceTimes}.
 * @param costMs - Lateness that one look is worth, in milliseconds.
 * @returns Times of looks in milliseconds, ascending; the last lies at the end of all but the rarest service times.
 */
export function planPolls(shares: Float64Array, costMs: number): number[] {
  const [low, high] = support(shares);
  const size = high - low + 1;
  const mass = new Float64Array(size + 1); // mass[i]: share of the bins below i
  const moment = new Float64Array(size + 1);
  for (let i = 0; i < size; i++) {
    const share = shares[low + i] ?? 0;
    const middle = (edgeMs(low + i) + edgeMs(low + i - 1)) / 2;
    mass[i + 1] = (mass[i] ?? 0) + share;
    moment[i + 1] = (moment[i] ?? 0) + share * middle;
  }
  const total = mass[size] ?? 0;
  const best = new Float64Array(size + 1); // cost of all that is not finished below i, when a look was at the end of bin i - 1
  const next = new Int32Array(size + 1);
  for (let i = size - 1; i >= 0; i--) {
    let least = Number.POSITIVE_INFINITY;
    const looking = costMs * (total - (mass[i] ?? 0));
    for (let j = i + 1; j <= size; j++) {
      const found = (mass[j] ?? 0) - (mass[i] ?? 0);
      const late = edgeMs(low + j - 1) * found - ((moment[j] ?? 0) - (moment[i] ?? 0));
      const cost = looking + late + (best[j] ?? 0);
      if (cost < least) {
        least = cost;
        next[i] = j;
      }
    }
    best[i] = least;
  }
  const times: number[] = [];
  for (let i = next[0] ?? size; ; i = next[i] ?? size) {
    times.push(edgeMs(low + i - 1));
    if (i >= size) return times;
  }
}

function support(shares: Float64Array): [low: number, high: number] {
  let low = 0;
  let high = shares.length - 1;
  for (let sum = shares[low] ?? 0; low < high && sum < tail; sum += shares[low] ?? 0) low += 1;
  for (let sum = shares[high] ?? 0; high > low && sum < tail; sum += shares[high] ?? 0) high -= 1;
  return [low, high];
}
