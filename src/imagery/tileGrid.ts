import { ConfigurationError } from '../errors/configurationError.ts';
import type { Rect } from './rect.ts';

/** Options of {@link tileGrid}, in pixels. */
export interface TileGridOptions {
  /** Of the picture. */
  readonly width: number;
  readonly height: number;
  /** Sides of a tile; those at the right and bottom edge may be smaller. */
  readonly tileSize: number;
  /** What neighbouring tiles share, an even number below `tileSize`; default 0. */
  readonly overlap?: number;
}

/** A tile's place in its picture, and the part of it that is its own: the cores of all tiles cover the picture once. */
export interface TileCell extends Rect {
  readonly core: Rect;
}

/**
 * Divides a picture into tiles, row by row.
 *
 * @throws {@link ConfigurationError} when a size is not a positive whole number, or the overlap not an even one below the tile size.
 */
export function tileGrid(options: TileGridOptions): TileCell[] {
  check(options);
  const { width, height, tileSize, overlap = 0 } = options;
  const columns = cuts(width, tileSize, overlap);
  return cuts(height, tileSize, overlap).flatMap((row) =>
    columns.map((column) => ({
      x: column.from,
      y: row.from,
      width: column.length,
      height: row.length,
      core: { x: column.coreFrom, y: row.coreFrom, width: column.coreLength, height: row.coreLength },
    })),
  );
}

function cuts(length: number, tileSize: number, overlap: number) {
  const step = tileSize - overlap;
  const count = 1 + Math.max(0, Math.ceil((length - tileSize) / step));
  return Array.from({ length: count }, (_, i) => {
    const from = i * step;
    const to = Math.min(length, from + tileSize);
    const coreFrom = i === 0 ? 0 : from + overlap / 2;
    const coreTo = i === count - 1 ? length : to - overlap / 2;
    return { from, length: to - from, coreFrom, coreLength: coreTo - coreFrom };
  });
}

function check({ width, height, tileSize, overlap = 0 }: TileGridOptions): void {
  const problems = Object.entries({ width, height, tileSize })
    .filter(([, value]) => !Number.isSafeInteger(value) || value < 1)
    .map(([field, value]) => ({ field, rule: 'must be a positive whole number', value }));
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap % 2 !== 0 || overlap >= tileSize) {
    problems.push({ field: 'overlap', rule: 'must be an even whole number from 0, below tileSize', value: overlap });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}
