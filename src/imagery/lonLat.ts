import type { Bounds } from './bounds.ts';

/** A picture or tile whose edges are known in degrees; its rows and columns are evenly spaced (EPSG:4326). */
export interface Georeference {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bounds: Bounds;
}

/** Finds the place of a pixel coordinate, (0, 0) being the top left corner; east of the antimeridian it goes on beyond 180. */
export function pixelToLonLat(
  { width, height, bounds }: Georeference,
  x: number,
  y: number,
): readonly [lon: number, lat: number] {
  const [west, south, , north] = bounds;
  return [degrees(west + (x / width) * spanOf(bounds)), degrees(north - (y / height) * (north - south))];
}

/** Finds the pixel coordinate of a place, the inverse of {@link pixelToLonLat}; a place outside gives one outside. */
export function lonLatToPixel(
  { width, height, bounds }: Georeference,
  lon: number,
  lat: number,
): readonly [x: number, y: number] {
  const [west, south, , north] = bounds;
  const turns = bounds[2] < west && lon < west ? 360 : 0;
  return [((lon + turns - west) / spanOf(bounds)) * width, ((north - lat) / (north - south)) * height];
}

function spanOf([west, , east]: Bounds): number {
  return east < west ? east + 360 - west : east - west;
}

/**
 * Rounds to a ten-millionth of a degree, about a centimetre.
 *
 * First to a finer step: the same place computed from two tiles differs in the last bit, and must not fall to two sides of a half.
 */
function degrees(value: number): number {
  return Math.round(Math.round(value * 1e10) / 1e3) / 1e7 + 0; // no -0
}
