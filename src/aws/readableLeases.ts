import type { Lease } from '../ports/leaseStore.ts';

/** Leases of shards that have something left, and whose parents have not. */
export function readableLeases(leases: readonly Lease[]): Lease[] {
  const byKey = new Map(leases.map((lease) => [lease.key, lease]));
  const finished = (key: string): boolean => (byKey.get(key)?.checkpoint ?? 'SHARD_END') === 'SHARD_END';
  return leases.filter(({ key, parents }) => !finished(key) && parents.every(finished));
}
