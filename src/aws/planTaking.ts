import type { Lease } from '../ports/leaseStore.ts';
import { readableLeases } from './readableLeases.ts';

/** What {@link planTaking} goes by. */
export interface TakingFacts {
  readonly leases: readonly Lease[];
  readonly worker: string;
  /** Names of the leases this worker holds. */
  readonly held: ReadonlySet<string>;
  /** True when nobody renewed the lease for the time of fail-over. */
  readonly expired: (lease: Lease) => boolean;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Leases taken from a worker that lives, at most. */
  readonly stealsAtOnce: number;
}

/** What a worker is to take now. */
export interface Taking {
  readonly leases: readonly Lease[];
  /** True when the worker has its share once it has taken these, or can get no more. */
  readonly enough: boolean;
}

/**
 * Says which leases this worker is to take now: its share of those that nobody holds, however many, else a few from the worker
 * that holds most, if that is more than its share.
 *
 * The share is the number of leases over the number of workers, rounded up. Which ones is left to chance, so that workers that
 * look at the same moment rarely want the same.
 */
export function planTaking({ leases, worker, held, expired, random, stealsAtOnce }: TakingFacts): Taking {
  const readable = readableLeases(leases);
  // The owner before, in a hand-over of the Kinesis Client Library 3, still moves the counter until it has finished.
  const ownerless = ({ owner, leavingOwner }: Lease): boolean =>
    leavingOwner === undefined && (owner === undefined || owner === worker);
  const free = readable.filter((lease) => !held.has(lease.key) && (ownerless(lease) || expired(lease)));
  const loads = new Map([[worker, 0]]);
  for (const lease of readable) {
    const owner = held.has(lease.key) ? worker : lease.owner;
    if (owner !== undefined && !free.includes(lease)) loads.set(owner, (loads.get(owner) ?? 0) + 1);
  }
  const share = Math.ceil(readable.length / loads.size);
  const need = share - (loads.get(worker) ?? 0);
  const taking = (some: readonly Lease[], count: number): Taking => {
    const chosen = shuffled(some, random).slice(0, Math.max(0, Math.min(need, count)));
    return { leases: chosen, enough: chosen.length === 0 || chosen.length === need };
  };
  if (need <= 0 || free.length > 0) return taking(free, free.length);
  const [most] = [...loads].filter(([owner]) => owner !== worker).sort(([, a], [, b]) => b - a);
  if (most === undefined) return taking([], 0);
  const theirs = readable.filter(({ owner, leavingOwner }) => owner === most[0] && leavingOwner === undefined);
  return taking(theirs, Math.min(most[1] - share, stealsAtOnce));
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
