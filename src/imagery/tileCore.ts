import { parseScene } from './parseScene.ts';
import type { Rect } from './rect.ts';

/** Where a tile lies in its picture, as far as it is known. */
export interface TileOutline {
  /** Pixels of the tile. */
  readonly width: number;
  readonly height: number;
  /** Top left pixel in the picture; default `[0, 0]`. */
  readonly offset?: readonly [x: number, y: number];
  readonly scene?: string;
  /** What neighbouring tiles share, in pixels; default what the scene says, else 0. */
  readonly overlap?: number;
}

/**
 * Works out the part of a tile that is its own, in pixels of the picture: half of the overlap is left to each neighbour.
 *
 * Where it is not known whether there is a neighbour to the right or below, because the scene does not say how large the
 * picture is, the core goes to the tile's edge: a detection may then be reported twice, but never not at all.
 */
export function tileCore({ width, height, offset = [0, 0], scene = '', overlap }: TileOutline): Rect {
  const picture = parseScene(scene);
  const margin = (overlap ?? picture.overlap ?? 0) / 2;
  const [x, y] = offset;
  const left = x > 0 ? x + margin : x;
  const top = y > 0 ? y + margin : y;
  const right = x + width - (picture.width !== undefined && x + width < picture.width ? margin : 0);
  const bottom = y + height - (picture.height !== undefined && y + height < picture.height ? margin : 0);
  return { x: left, y: top, width: right - left, height: bottom - top };
}
