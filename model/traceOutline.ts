import type { PixelPoint } from './detectionResult.ts';

// Steps east, south, west, north; the area lies on the right hand of the walk.
const stepX = [1, 0, -1, 0] as const;
const stepY = [0, 1, 0, -1] as const;
const chamfer = 0.25; // px

/**
 * Walks round an area along the edges of its pixels and gives the corners, clockwise on the screen, not closed.
 *
 * The ring never touches itself: where two pixels meet at a corner alone it passes a quarter of a pixel beside
 * that corner, so that they hang together. Holes are not shown.
 *
 * @param isInside - Whether the pixel in that column and row belongs to the area, which hangs together by edges or corners.
 * @param start - The area's first pixel in reading order.
 */
export function traceOutline(isInside: (x: number, y: number) => boolean, start: PixelPoint): PixelPoint[] {
  const corners: PixelPoint[] = [];
  let { x, y } = start;
  let way = 0;
  do {
    x += stepX[way] ?? 0;
    y += stepY[way] ?? 0;
    const turn = turnAt(isInside, x, y, way);
    const next = (way + turn.by) & 3;
    if (turn.atCorner) corners.push(beside(x, y, way, -chamfer), beside(x, y, next, chamfer));
    else if (turn.by !== 0) corners.push({ x, y });
    way = next;
  } while (x !== start.x || y !== start.y || way !== 0);
  return corners;
}

/** Looks at the two pixels ahead of a corner: the left one first, so that pixels touching at the corner hang together. */
function turnAt(
  isInside: (x: number, y: number) => boolean,
  x: number,
  y: number,
  way: number,
): { by: number; atCorner: boolean } {
  // The pixel to the south-east of a corner has the corner's own column and row.
  const aheadLeft = [
    [0, -1],
    [0, 0],
    [-1, 0],
    [-1, -1],
  ][way] ?? [0, 0];
  const aheadRight = [
    [0, 0],
    [-1, 0],
    [-1, -1],
    [0, -1],
  ][way] ?? [0, 0];
  const left = isInside(x + (aheadLeft[0] ?? 0), y + (aheadLeft[1] ?? 0));
  const right = isInside(x + (aheadRight[0] ?? 0), y + (aheadRight[1] ?? 0));
  if (left) return { by: -1, atCorner: !right };
  return { by: right ? 0 : 1, atCorner: false };
}

function beside(x: number, y: number, way: number, distance: number): PixelPoint {
  return { x: x + distance * (stepX[way] ?? 0), y: y + distance * (stepY[way] ?? 0) };
}
