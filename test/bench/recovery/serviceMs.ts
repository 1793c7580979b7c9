import { seededRandom } from '../../../src/local/seededRandom.ts';

const medianMs = 1000;
const sigma = 1;
const longestMs = 10_000;

/** How long a tile takes: lognormal, and the same each time for the same place. */
export function serviceMs(partition: number, offset: number): number {
  const random = seededRandom(partition * 1_000_003 + offset);
  const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(longestMs, medianMs * Math.exp(sigma * gaussian));
}
