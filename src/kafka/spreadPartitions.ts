/** A member of a group, as it takes part in the spreading of one topic. */
export interface SpreadMember {
  readonly id: string;
  /** Partitions of the topic it has now, or has had without hearing that it lost them. */
  readonly owned: readonly number[];
  /** Generation of the group that gave them; a claim without one is older than any other. */
  readonly generation?: number;
  /** True for one that keeps what it has, and takes nothing else. */
  readonly draining?: boolean;
}

/**
 * Spreads a topic's partitions evenly over the members, and moves no more of them than evenness asks for.
 *
 * Where several claim a partition the latest generation has it: the others were out of the group when it was given away. Every leader
 * comes to the same answer, whatever the order it is given.
 */
export function spreadPartitions(
  members: readonly SpreadMember[],
  partitions: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const owners = ownersOf(sorted);
  const free = new Set(partitions.filter((partition) => !owners.has(partition)));
  const keep = ({ id }: SpreadMember): { readonly id: string; readonly own: number[] } => ({
    id,
    own: partitions.filter((partition) => owners.get(partition) === id),
  });
  const left = sorted.filter(({ draining }) => draining).map(keep);
  const shared = partitions.length - left.reduce((sum, { own }) => sum + own.length, 0);
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

/** Who has each partition that is claimed. */
function ownersOf(sorted: readonly SpreadMember[]): ReadonlyMap<number, string> {
  const age = ({ generation = -1 }: SpreadMember): number => generation;
  // Alike are the claims of versions that name no generation, of which one that drains counts first.
  const ranked = sorted.toSorted(
    (a, b) => age(b) - age(a) || Number(b.draining ?? false) - Number(a.draining ?? false),
  );
  const owners = new Map<number, string>();
  for (const { id, owned } of ranked) {
    for (const partition of owned) if (!owners.has(partition)) owners.set(partition, id);
  }
  return owners;
}
