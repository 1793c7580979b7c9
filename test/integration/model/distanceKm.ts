import type { DetectionGeometry, Position, Ring } from '../../../src/imagery/detectionFeature.ts';

const degreeKm = 111.195;

/** Distance from a place to an outline, 0 inside it; on a plane that touches the earth at the place, good for near things. */
export function distanceKm(place: Position, geometry: DetectionGeometry): number {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return Math.min(...polygons.map(([ring = []]) => toRing(place, ring)));
}

function toRing([lon, lat]: Position, ring: Ring): number {
  const points = ring.map(([x, y]): Position => {
    const east = ((x - lon + 540) % 360) - 180;
    return [east * Math.cos((lat * Math.PI) / 180) * degreeKm, (y - lat) * degreeKm];
  });
  let isInside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (const [i, [x0, y0]] of points.entries()) {
    const [x1, y1] = points[i + 1] ?? [x0, y0];
    if (y0 > 0 !== y1 > 0 && x0 + (y0 / (y0 - y1)) * (x1 - x0) > 0) isInside = !isInside;
    const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(x0 * (x1 - x0) + y0 * (y1 - y0)) / length));
    nearest = Math.min(nearest, Math.hypot(x0 + along * (x1 - x0), y0 + along * (y1 - y0)));
  }
  return isInside ? 0 : nearest;
}
