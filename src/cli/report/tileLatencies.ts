import type { ReadSpan } from './readSpans.ts';

/** How long one tile took. */
export interface TileLatency {
  readonly tileId: string;
  readonly traceId: string;
  /** From the start of its delivery to its settlement. */
  readonly ms: number;
}

/** Picks the deliveries of tiles out of many spans, the fastest first; a tile delivered again counts each time. */
export function tileLatencies(spans: readonly ReadSpan[]): TileLatency[] {
  return spans
    .filter(({ kind, attributes }) => kind === 'consumer' && attributes['tile.id'] !== undefined)
    .map(({ traceId, startMs, endMs, attributes }) => ({
      tileId: String(attributes['tile.id']),
      traceId,
      ms: Math.round((endMs - startMs) * 1000) / 1000,
    }))
    .sort((a, b) => a.ms - b.ms);
}

/** Finds the value below which that share of the tiles lies (nearest rank); 0 where there are none. */
export function latencyAt(sorted: readonly TileLatency[], share: number): number {
  return sorted[rankOf(sorted.length, share)]?.ms ?? 0;
}

/** Finds the tile in the middle; undefined where there are none. */
export function medianTile(sorted: readonly TileLatency[]): TileLatency | undefined {
  return sorted[rankOf(sorted.length, 0.5)];
}

function rankOf(count: number, share: number): number {
  return Math.max(0, Math.ceil(share * count) - 1);
}
