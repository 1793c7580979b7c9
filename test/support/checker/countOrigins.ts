/** What became of a set of origins, found in the output alone. */
export interface OriginCount {
  readonly lost: readonly string[];
  /** Origins that stand in the output more than once, with how often more. */
  readonly repeated: ReadonlyMap<string, number>;
  /** Origins in the output that were never in the input. */
  readonly strange: readonly string[];
}

/** Compares the origins that went in with those that came out, whatever their order. */
export function countOrigins(input: Iterable<string>, output: Iterable<string>): OriginCount {
  const counts = new Map<string, number>();
  for (const origin of input) counts.set(origin, 0);
  const strange: string[] = [];
  for (const origin of output) {
    const count = counts.get(origin);
    if (count === undefined) strange.push(origin);
    else counts.set(origin, count + 1);
  }
  const found = [...counts];
  return {
    lost: found.filter(([, count]) => count === 0).map(([origin]) => origin),
    repeated: new Map(found.filter(([, count]) => count > 1).map(([origin, count]) => [origin, count - 1])),
    strange,
  };
}
