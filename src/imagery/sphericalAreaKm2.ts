import type { Ring } from './detectionFeature.ts';

const earthRadiusKm = 6371.0088; // mean radius (IUGG)
const radians = Math.PI / 180;

/** Measures a closed ring of longitudes and latitudes on the sphere, in km²; the edges run along lines of even latitude and longitude. */
export function sphericalAreaKm2(ring: Ring): number {
  let sum = 0;
  for (const [i, [lon, lat]] of ring.entries()) {
    const [nextLon, nextLat] = ring[i + 1] ?? [lon, lat];
    sum += (nextLon - lon) * radians * (Math.sin(lat * radians) + Math.sin(nextLat * radians));
  }
  return (Math.abs(sum) * earthRadiusKm ** 2) / 2;
}
