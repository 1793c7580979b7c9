/** West, south, east and north edge in degrees; east is smaller than west where the box crosses the antimeridian. */
export type Bounds = readonly [minLon: number, minLat: number, maxLon: number, maxLat: number];
