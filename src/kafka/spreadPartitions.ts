/** A member of a group, as it takes part in the spreading of one topic. */
export interface SpreadMember {
  readonly id: string;
  /** Partitions of the topic it has now. */
  readonly owned: readonly number[];
  /** True for one that keeps what it has, and takes nothing else. */
  readonly draining?: boolean;
}

/**
 * Spreads a topic's partitions evenly over the members, and moves no more of them than evenness asks for.
 *
 * Every leader comes to the same answer, whatever the order it is given.
 */
export function spreadPartitions(
  members: readonly SpreadMember[],
  partitions: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const free = new Set(partitions);
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const keep = ({ id, owned }: SpreadMember): { readonly id: string; readonly own: number[] } => ({
    id,
    own: owned.filter((partition) => free.delete(partition)),
  });
  const left = sorted.filter(({ draining }) => draining).map(keep);
  const shared = free.size;
  const claims = sorted.filter(({ draining }) => !draining).map(keep);
  // Who has most may keep one more than the others, where the numbers do not divide.
  const ranked = claims.toSorted((a, b) => b.own.length - a.own.length);
  const least = Math.floor(shared / ranked.length);
  const rest = shared % ranked.length;
  const quotas = ranked.map(({ id, own }, rank) => ({ id, own, quota: least + (rank < rest ? 1 : 0) }));
  for (const { own, quota } of quotas) for (const partition of own.splice(quota)) free.add(partition);
  const open = [...free].toSorted((a, b) => a - b);
  for (const { own, quota } of quotas) own.push(...open.splice(0, quota - own.length));
  return new Map([...left, ...quotas].map(({ id, own }) => [id, own.toSorted((a, b) => a - b)]));
}
