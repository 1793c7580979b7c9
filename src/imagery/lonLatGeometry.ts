import { cutAtAntimeridian } from './cutAtAntimeridian.ts';
import type { DetectionGeometry, Ring } from './detectionFeature.ts';

/**
 * Makes a geometry of a closed ring of longitudes and latitudes as RFC 7946 wants it: counterclockwise (3.1.6), and cut in two
 * where it crosses the antimeridian (3.1.9).
 *
 * @param ring - Its longitudes may go on beyond 180.
 */
export function lonLatGeometry(ring: Ring): DetectionGeometry {
  const rings = cutAtAntimeridian(signedArea(ring) < 0 ? ring.toReversed() : ring);
  const [only] = rings;
  if (only !== undefined && rings.length === 1) return { type: 'Polygon', coordinates: [only] };
  return { type: 'MultiPolygon', coordinates: rings.map((part) => [part]) };
}

/** Twice the area, positive when the ring runs counterclockwise. */
function signedArea(ring: Ring): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[i + 1] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
}
