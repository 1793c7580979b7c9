import type { Lease, NewLease } from '../ports/leaseStore.ts';
import type { Shard } from './shard.ts';

/** Where reading starts in a shard that nobody has begun. */
export type StartMark = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';

/**
 * Says which leases are missing, parents first.
 *
 * Into an empty table come all shards, or with `LATEST` the open ones. Later a shard gets a lease if one of its ancestors has
 * one: then it is read from its beginning, because it carries on what was read there. One whose descendant has a lease was
 * finished, or never to be read.
 */
export function planLeases(
  shards: readonly Shard[],
  leases: readonly Lease[],
  start: StartMark,
  stream: string,
): NewLease[] {
  const byId = new Map(shards.map((shard) => [shard.id, shard]));
  const leased = new Set(leases.map(({ key }) => key));
  const children = Map.groupBy(
    shards.flatMap((shard) => shard.parents.map((parent) => ({ parent, shard }))),
    ({ parent }) => parent,
  );
  const ancestorLeased = ({ parents }: Shard): boolean =>
    parents.some((id) => {
      const parent = byId.get(id);
      return leased.has(id) || (parent !== undefined && ancestorLeased(parent));
    });
  const descendantLeased = ({ id }: Shard): boolean =>
    (children.get(id) ?? []).some(({ shard }) => leased.has(shard.id) || descendantLeased(shard));
  const checkpointOf = (shard: Shard): StartMark | undefined => {
    if (leased.has(shard.id)) return undefined;
    if (ancestorLeased(shard)) return 'TRIM_HORIZON';
    if (descendantLeased(shard)) return undefined;
    return shard.open || start !== 'LATEST' ? start : undefined;
  };
  return parentsFirst(shards, byId).flatMap((shard) => {
    const checkpoint = checkpointOf(shard);
    const { id: key, parents, hashRange } = shard;
    return checkpoint === undefined ? [] : [{ key, checkpoint, parents, hashRange, stream }];
  });
}

function parentsFirst(shards: readonly Shard[], byId: ReadonlyMap<string, Shard>): Shard[] {
  const sorted = new Set<Shard>();
  const add = (shard: Shard): void => {
    for (const id of shard.parents) {
      const parent = byId.get(id);
      if (parent !== undefined && !sorted.has(parent)) add(parent);
    }
    sorted.add(shard);
  };
  for (const shard of shards) add(shard);
  return [...sorted];
}

/**
 * Leases of finished shards whose children have all progressed: nobody needs them any more. Parents go before their children.
 */
export function planRemovals(shards: readonly Shard[], leases: readonly Lease[]): Lease[] {
  const byKey = new Map(leases.map((lease) => [lease.key, lease]));
  const listed = new Set(shards.map(({ id }) => id));
  const progressed = (key: string): boolean => {
    const checkpoint = byKey.get(key)?.checkpoint;
    return checkpoint !== undefined && (checkpoint === 'SHARD_END' || /^\d+$/.test(checkpoint));
  };
  return leases.filter(({ key, checkpoint, children, parents }) => {
    if (checkpoint !== 'SHARD_END' || parents.some((parent) => byKey.has(parent))) return false;
    const born = shards.filter((shard) => shard.parents.includes(key)).map(({ id }) => id);
    const all = [...new Set([...children, ...born])];
    return all.length === 0 ? !listed.has(key) : all.every(progressed);
  });
}
