import type { Lease, LeaseStore } from '../ports/leaseStore.ts';

/** Leases in memory, to look into. One store is shared by all the readers of a test. */
export interface MemoryLeaseStore extends LeaseStore {
  /** By name; tests may read and change them. */
  readonly leases: Map<string, Lease>;
  /** Calls that are refused, each with the error it answers; tests add and remove. */
  readonly refusals: ((operation: string, key: string) => Error | undefined)[];
}

/** Keeps leases in memory, with the same conditions on every write as a table has. */
export function memoryLeaseStore(): MemoryLeaseStore {
  const leases = new Map<string, Lease>();
  const refusals: MemoryLeaseStore['refusals'] = [];
  const enter = (operation: string, key = ''): void => {
    for (const refuse of refusals) {
      const error = refuse(operation, key);
      if (error !== undefined) throw error;
    }
  };
  const change = (seen: Lease, changes: Partial<Lease>): Lease | undefined => {
    const now = leases.get(seen.key);
    if (now === undefined || now.counter !== seen.counter || now.owner !== seen.owner) return undefined;
    const next = { ...now, ...changes, counter: now.counter + 1 };
    leases.set(seen.key, next);
    return next;
  };

  return {
    leases,
    refusals,
    async prepare() {
      enter('prepare');
    },
    async list() {
      enter('list');
      return [...leases.values()];
    },
    async find(key) {
      enter('find', key);
      return leases.get(key);
    },
    async create(lease) {
      enter('create', lease.key);
      if (leases.has(lease.key)) return false;
      leases.set(lease.key, {
        ...lease,
        owner: undefined,
        counter: 0,
        subSequence: 0,
        map: '',
        ownerSwitches: 0,
        children: [],
        leavingOwner: undefined,
        latestMs: undefined,
      });
      return true;
    },
    async take(seen, owner) {
      enter('take', seen.key);
      const switched = seen.owner !== undefined && seen.owner !== owner;
      return change(seen, {
        owner,
        leavingOwner: undefined,
        ownerSwitches: seen.ownerSwitches + (switched ? 1 : 0),
      });
    },
    async renew(held) {
      enter('renew', held.key);
      return change(held, {});
    },
    async begin(held, latestMs) {
      enter('begin', held.key);
      return change(held, { latestMs });
    },
    async checkpoint(held, { checkpoint, subSequence, map }, children = held.children) {
      enter('checkpoint', held.key);
      const latestMs = checkpoint === 'LATEST' ? held.latestMs : undefined;
      return change(held, { checkpoint, subSequence, map, children, latestMs, ownerSwitches: 0 });
    },
    async release(held) {
      enter('release', held.key);
      return change(held, { owner: undefined });
    },
    async remove(seen) {
      enter('remove', seen.key);
      return leases.get(seen.key)?.counter === seen.counter && leases.delete(seen.key);
    },
    close() {},
  };
}
