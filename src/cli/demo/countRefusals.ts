import type { ReadSpan } from '../report/readSpans.ts';

/** Counts the tiles that went to the dead letters by the code of the error. */
export function countRefusals(spans: readonly ReadSpan[]): Record<string, number> {
  const refused = spans.filter(({ attributes }) => attributes['swath.outcome'] === 'dead_lettered');
  const codes = Map.groupBy(refused, ({ attributes }) => String(attributes['error.type'] ?? 'UNKNOWN'));
  return Object.fromEntries([...codes].map(([code, each]) => [code, each.length]));
}
