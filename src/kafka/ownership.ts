import type { Assignment, Commit, StoredProgress } from '../ports/recordReader.ts';
import { type PartitionOffsets, progressIn } from './partitionOffsets.ts';

/** What becomes of an assigned partition. */
export interface Confirmed {
  readonly assignment: Assignment;
  /** True when the partition was held before and its work in flight still counts. */
  readonly kept: boolean;
  /** Offset to read from. */
  readonly start: number;
  /** Records below `start` that the log no longer has. */
  readonly missed: number;
  /** True when the topic was made anew since: what was committed before, or held, belongs to an earlier one of its name. */
  readonly anew: boolean;
}

interface Held {
  epoch: number;
  /** False from the moment the group is formed anew until {@link Ownership.confirm}. */
  current: boolean;
  start: number;
  /** Id of the topic that is read; absent where brokers tell none. */
  readonly log: string | undefined;
  /** Offset and map that may stand in the log by our own doing: the last confirmed commit, then those in doubt. */
  stored: { readonly committed: number | undefined; readonly map: string }[];
}

/**
 * Which partitions are this member's, and under which epoch their commits count.
 *
 * The group protocol tells no more than the new assignment. A partition that is assigned again may have been another member's
 * meanwhile: it is kept only when what is committed is what we committed ourselves.
 */
export class Ownership {
  readonly #from: 'earliest' | 'latest';
  readonly #held = new Map<string, Held>();
  /** Generation of the group that gave what is held. Kept over memberships, as what is held may be; absent before the first. */
  generation: number | undefined;
  #epoch = 0;
  /** Id of the topic that was read first: the end of a later one is not where reading begins. */
  #first: string | undefined;

  constructor(from: 'earliest' | 'latest') {
    this.#from = from;
  }

  /** Takes the group's new assignment: no epoch counts until confirmed. Answers the partitions that are lost. */
  suspend(assigned: readonly string[]): string[] {
    const lost = this.partitions.filter((partition) => !assigned.includes(partition));
    for (const partition of lost) this.#held.delete(partition);
    for (const held of this.#held.values()) held.current = false;
    return lost;
  }

  /** Starts an epoch of an assigned partition. */
  confirm(partition: string, offsets: PartitionOffsets): Confirmed {
    const held = this.#held.get(partition);
    const { low, high, log } = offsets;
    const progress = progressIn(offsets);
    const committed = progress?.nextSlot;
    const anew = isAnew(held, offsets);
    const kept = held !== undefined && !anew && isOurs(held, progress);
    this.#first ??= log;
    const later = log !== undefined && log !== this.#first;
    const fresh = anew || later || offsets.wiped || offsets.added || this.#from === 'earliest' ? low : high;
    const wanted = committed ?? (kept ? (held.stored[0]?.committed ?? held.start) : fresh);
    const start = Math.max(wanted, low);
    this.#epoch += 1;
    const epoch = this.#epoch;
    const stored = kept && committed === undefined ? held.stored : [{ committed, map: progress?.map ?? '' }];
    this.#held.set(partition, { epoch, current: true, start, log, stored });
    const begin = committed === undefined && this.#from === 'latest' ? { begin: start } : {};
    const assignment = { partition, epoch, progress, streamId: log, ...begin };
    return { assignment, kept, start, missed: start - wanted, anew };
  }

  /** What is held, whether its epoch counts or not. */
  get partitions(): string[] {
    return [...this.#held.keys()];
  }

  holds(partition: string): boolean {
    return this.#held.has(partition);
  }

  /** Id of the topic whose partition is held; absent where brokers tell none. */
  logOf(partition: string): string | undefined {
    return this.#held.get(partition)?.log;
  }

  /** True while commits under this epoch count. */
  counts({ partition, epoch }: Pick<Commit, 'partition' | 'epoch'>): boolean {
    const held = this.#held.get(partition);
    return held?.current === true && held.epoch === epoch;
  }

  /** True once commits under this epoch will never count again: the partition is lost, or was confirmed anew. */
  ended({ partition, epoch }: Pick<Commit, 'partition' | 'epoch'>): boolean {
    return this.#held.get(partition)?.epoch !== epoch;
  }

  /** A commit is on its way: it may stand in the log from now on, whatever the answer. */
  committing(commit: Commit): void {
    this.retract(commit); // tried again it is one state still, the newest
    this.#held.get(commit.partition)?.stored.push({ committed: commit.nextSlot, map: commit.map });
  }

  /** It is known that the newest commit on its way did not count, and never will. */
  retract({ partition, nextSlot, map }: Commit): void {
    const held = this.#held.get(partition);
    const same = (one: Held['stored'][number]): boolean => one.committed === nextSlot && one.map === map;
    if (held !== undefined) held.stored = held.stored.filter((one, place) => place === 0 || !same(one));
  }

  /** The log confirmed the newest commit on its way. */
  committed({ partition }: Commit): void {
    const held = this.#held.get(partition);
    if (held !== undefined) held.stored = held.stored.slice(-1);
  }

  /** Gives a partition up. */
  drop(partition: string): void {
    this.#held.delete(partition);
  }

  /** Gives everything up; answers what was held. */
  clear(): string[] {
    return this.suspend([]);
  }
}

/**
 * True when the topic was deleted and made anew since it was read. What was committed to the old one stands until something is committed to
 * the new one: it says nothing of a partition of the new one that is held. Where brokers tell no ids: they drop the commits of a deleted
 * topic, those of a group that reads do not expire, and what we know to be committed cannot lie beyond the end of the same log.
 */
function isAnew(held: Held | undefined, offsets: PartitionOffsets): boolean {
  const { committed, wiped, end, log } = offsets;
  if (held?.log !== undefined && log !== undefined) return held.log !== log;
  if (committed !== undefined) return progressIn(offsets) === undefined;
  const [confirmed] = held?.stored ?? [];
  if (confirmed?.committed === undefined) return false;
  return !wiped || confirmed.committed > end;
}

/** No commit at all is nobody else's: it expired, or the client wiped it. */
function isOurs(held: Held, progress: StoredProgress | undefined): boolean {
  if (progress === undefined) return true;
  return held.stored.some(({ committed, map }) => committed === progress.nextSlot && map === progress.map);
}
