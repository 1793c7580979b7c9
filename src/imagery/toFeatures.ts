import type { Bounds } from './bounds.ts';
import type { DetectionFeature, DetectionProperties, Position, Ring } from './detectionFeature.ts';
import { pixelToLonLat } from './lonLat.ts';
import { lonLatGeometry } from './lonLatGeometry.ts';
import { type ModelDetection, parseModelResult } from './parseModelResult.ts';
import { parseScene } from './parseScene.ts';
import { sphericalAreaKm2 } from './sphericalAreaKm2.ts';
import { tileCore } from './tileCore.ts';

/** What a tile knows of its place; the fields of a tile descriptor. */
export interface TilePlace {
  readonly id?: string;
  readonly bounds?: Bounds;
  /** Of the bounds; default EPSG:4326. */
  readonly crs?: string;
  /** Top left pixel in the picture, default `[0, 0]`. */
  readonly offset?: readonly [x: number, y: number];
  /** Name of the picture, with its size and the tiles' overlap where {@link parseScene} finds them. */
  readonly scene?: string;
}

/** Options of {@link toFeatures}. */
export interface ToFeaturesOptions {
  /** What neighbouring tiles share, in pixels; default what the scene says, else 0. */
  readonly overlap?: number;
  /** Default `swath-model`. */
  readonly modelName?: string;
  /** The inference that found them: its id, and its time as RFC 3339. */
  readonly inference?: { readonly jobId: string; readonly inferenceDT: string };
}

/**
 * Makes GeoJSON features of the model's answer to a tile.
 *
 * A tile reports a detection only if its anchor (a light's peak, the middle of a room's box) lies in the tile's core, so that a
 * thing which several overlapping tiles see is reported by one.
 *
 * @param answer - The model's answer, parsed from JSON.
 * @throws RecordInvalidError when it is not one.
 */
export function toFeatures(answer: unknown, tile: TilePlace, options: ToFeaturesOptions = {}): DetectionFeature[] {
  const { kind, detections, width, height } = parseModelResult(answer);
  const { overlap } = options;
  const core = tileCore({ width, height, ...tile, ...(overlap !== undefined && { overlap }) });
  const [left, top] = tile.offset ?? [0, 0];
  const name = tile.scene === undefined ? undefined : parseScene(tile.scene).name;
  const toLonLat = lonLatOf(tile, width, height);
  return detections.flatMap((detection) => {
    const [anchorX, anchorY] = anchorOf(detection);
    const [x, y] = [anchorX + left, anchorY + top];
    if (x < core.x || y < core.y || x >= core.x + core.width || y >= core.y + core.height) return [];
    const { bounding_box: box, confidence, brightness } = detection;
    const ring = closed(detection.vertices);
    const places = toLonLat && ring.map(([px, py]) => toLonLat(px, py));
    const center = toLonLat?.(...centerOf(detection));
    const properties: DetectionProperties = {
      imageGeometry: { type: 'Polygon', coordinates: [ring.map(([px, py]): Position => [px + left, py + top])] },
      imageBBox: [box.x + left, box.y + top, box.x + box.width + left, box.y + box.height + top],
      featureClasses: [{ iri: kind, score: confidence }],
      modelMetadata: { modelName: options.modelName ?? 'swath-model' },
      ...(options.inference && { inferenceMetadata: options.inference }),
      sourceMetadata: [{ ...(name && { location: name }), ...(tile.id && { sourceId: tile.id }) }],
      center_longitude: center === undefined ? null : withinTurn(center[0]),
      center_latitude: center?.[1] ?? null,
      areaKm2: places === undefined ? null : Math.round(sphericalAreaKm2(places) * 1e3) / 1e3,
      areaPx: detection.area,
      ...(brightness !== undefined && { brightness }),
      confidence,
    };
    const geometry = places === undefined ? null : lonLatGeometry(places);
    return [
      { type: 'Feature', id: `${name ?? tile.id ?? 'tile'}/${nameOf(detection, kind, tile)}`, geometry, properties },
    ];
  });
}

/** How the tile's pixels become degrees; undefined where its bounds are not known or not in degrees. */
function lonLatOf({ bounds, crs = 'EPSG:4326' }: TilePlace, width: number, height: number) {
  if (bounds === undefined || !/(^EPSG:4326|CRS84)$/i.test(crs)) return undefined;
  return (x: number, y: number): Position => pixelToLonLat({ width, height, bounds }, x, y);
}

/** Middle of the pixel or box that decides which tile reports the detection; exact, so that all tiles agree. */
function anchorOf({ peak, bounding_box: box }: ModelDetection): Position {
  return peak === undefined ? [box.x + box.width / 2, box.y + box.height / 2] : [peak.x + 0.5, peak.y + 0.5];
}

/** Names a detection by where it is in the picture, the same in every tile; two rooms may have one box, but not one size too. */
function nameOf(
  { peak, bounding_box: box, area }: ModelDetection,
  kind: string,
  { offset: [left, top] = [0, 0] }: TilePlace,
): string {
  if (peak !== undefined) return `${kind}/${peak.x + left}-${peak.y + top}`;
  return `${kind}/${box.x + left}-${box.y + top}-${box.width}x${box.height}-${area}`;
}

function centerOf({ centroid, bounding_box: box }: ModelDetection): Position {
  return centroid === undefined ? [box.x + box.width / 2, box.y + box.height / 2] : [centroid.x, centroid.y];
}

function closed(vertices: ModelDetection['vertices']): Ring {
  const ring = vertices.map(({ x, y }): Position => [x, y]);
  return ring[0] === undefined ? ring : [...ring, ring[0]];
}

function withinTurn(longitude: number): number {
  return longitude > 180 ? Math.round((longitude - 360) * 1e7) / 1e7 : longitude;
}
