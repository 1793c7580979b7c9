import { maxToldJobs } from './jobTrail.ts';
import { decodeSlots, encodeSlots, type SlotSet } from './slotSet.ts';

/** Unfinished records whose job an endpoint had accepted. */
export interface RunningJobs {
  /** Distances from the committed position, ascending. */
  readonly running: readonly number[];
  /** For each of them the number of its job among those of its tile; where it is missing, 0. */
  readonly jobs: readonly number[];
}

/** Bytes that a set takes beside its own where there are several. */
export const setHeadBytes = 3;

/**
 * Encodes as many running records, from the first on, as fit in `room` bytes.
 *
 * The first set holds their places among the unfinished records, of which there are few where many are finished. Each further
 * one holds, among the members of the set before, those whose job has a greater number. There is one set where all jobs are the
 * first of their tiles.
 */
export function encodeRunning(all: RunningJobs, finished: readonly number[], room: number): readonly SlotSet[] {
  const ranks = toRanks(all.running, finished);
  const whole = toSets(ranks, all.jobs);
  if (bytesOf(whole) <= room) return whole;
  let best = toSets([], []);
  let [low, high] = [0, ranks.length]; // so many fit, so many do not
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const part = toSets(ranks.slice(0, middle), all.jobs);
    if (bytesOf(part) <= room) [low, best] = [middle, part];
    else high = middle;
  }
  return best;
}

/**
 * Decodes what {@link encodeRunning} wrote.
 *
 * @returns Records all below `limit`; `undefined` for sets that cannot be such.
 */
export function decodeRunning(
  sets: readonly SlotSet[],
  finished: readonly number[],
  limit: number,
): RunningJobs | undefined {
  const [first, ...further] = sets;
  if (first === undefined || sets.length > maxToldJobs) return undefined;
  const ranks = decodeSlots(first, limit);
  if (ranks === undefined) return undefined;
  const running = fromRanks(ranks, finished);
  if ((running.at(-1) ?? 0) >= limit) return undefined;
  const jobs = new Array<number>(running.length).fill(0);
  let members = jobs.map((_, i) => i);
  for (const [i, set] of further.entries()) {
    const places = decodeSlots(set, limit);
    if (places === undefined || (places.at(-1) ?? -1) >= members.length) return undefined;
    members = places.map((place) => members[place] ?? 0);
    for (const member of members) jobs[member] = i + 1;
  }
  return { running, jobs };
}

function toSets(ranks: readonly number[], jobs: readonly number[]): readonly SlotSet[] {
  const sets = [encodeSlots(ranks)];
  let members = ranks.map((_, i) => jobs[i] ?? 0);
  for (let least = 1; least < maxToldJobs; least++) {
    const places = members.flatMap((job, place) => (job >= least ? [place] : []));
    if (places.length === 0) break;
    sets.push(encodeSlots(places));
    members = members.filter((job) => job >= least);
  }
  return sets;
}

function bytesOf(sets: readonly SlotSet[]): number {
  const heads = sets.length > 1 ? sets.length * setHeadBytes : 0;
  return sets.reduce((sum, { bytes }) => sum + bytes.length, heads);
}

/** Places of unfinished slots among the unfinished ones. */
function toRanks(slots: readonly number[], finished: readonly number[]): number[] {
  let below = 0; // finished slots below the current one
  return slots.map((slot) => {
    while ((finished[below] ?? slot) < slot) below += 1;
    return slot - below;
  });
}

function fromRanks(ranks: readonly number[], finished: readonly number[]): number[] {
  let below = 0;
  return ranks.map((rank) => {
    while ((finished[below] ?? Number.POSITIVE_INFINITY) <= rank + below) below += 1;
    return rank + below;
  });
}
