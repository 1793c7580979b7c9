import type { DetectionFeature } from './detectionFeature.ts';
import { type PixelRuns, pixelRuns, sharedPixels } from './pixelRuns.ts';

const cellPixels = 64; // of the grid that finds neighbours
const sameShare = 0.5; // of the smaller one's pixels

interface Candidate {
  readonly feature: DetectionFeature;
  readonly picture: string;
  readonly tile: string | undefined;
  readonly runs: PixelRuns;
  readonly pixels: number;
}

/**
 * Leaves one of each detection that several tiles, or one tile more than once, reported.
 *
 * Two features are the same thing when they have the same id, or when they come from different tiles of one picture, are of one
 * class, and share at least half of the smaller one's pixels; then the larger one stays, since the other was cut by its tile's edge.
 *
 * @returns Features in reading order, picture by picture: the same whatever the order they came in.
 */
export function mergeDetections(features: Iterable<DetectionFeature>): DetectionFeature[] {
  const grid = new Map<string, Candidate[]>();
  const ids = new Set<string>();
  const kept: DetectionFeature[] = [];
  for (const candidate of [...features].map(toCandidate).sort(largestFirst)) {
    const cells = cellsOf(candidate);
    const neighbours = cells.flatMap((cell) => grid.get(cell) ?? []);
    if (ids.has(candidate.feature.id) || neighbours.some((other) => isSame(candidate, other))) continue;
    ids.add(candidate.feature.id);
    kept.push(candidate.feature);
    for (const cell of cells) grid.set(cell, [...(grid.get(cell) ?? []), candidate]);
  }
  return kept.sort(inReadingOrder);
}

function toCandidate(feature: DetectionFeature): Candidate {
  const { imageGeometry, sourceMetadata } = feature.properties;
  const { location, sourceId } = sourceMetadata[0] ?? {};
  const runs = pixelRuns(imageGeometry.coordinates[0] ?? []);
  return { feature, picture: pictureOf(feature), tile: sourceId ?? location, runs, pixels: sharedPixels(runs, runs) };
}

/** Tiles that name no picture are pictures of their own. */
function pictureOf({ properties }: DetectionFeature): string {
  const { location, sourceId } = properties.sourceMetadata[0] ?? {};
  const iri = properties.featureClasses[0]?.iri ?? '';
  return `${location ?? sourceId ?? ''}\n${iri}`;
}

function cellsOf({ feature, picture }: Candidate): string[] {
  const [left, top, right, bottom] = feature.properties.imageBBox.map((edge) => Math.floor(edge / cellPixels));
  const cells: string[] = [];
  for (let row = top ?? 0; row <= (bottom ?? 0); row += 1) {
    for (let column = left ?? 0; column <= (right ?? 0); column += 1) cells.push(`${picture}\n${row}\n${column}`);
  }
  return cells;
}

function isSame(smaller: Candidate, larger: Candidate): boolean {
  if (smaller.tile === larger.tile) return false; // the model told them apart
  return sharedPixels(smaller.runs, larger.runs) >= sameShare * smaller.pixels;
}

function largestFirst(a: Candidate, b: Candidate): number {
  return b.pixels - a.pixels || b.feature.properties.confidence - a.feature.properties.confidence || byText(a, b);
}

/** Orders what is equally large and sure: by id, then by all it says, so that only equal features are interchangeable. */
function byText(a: Candidate, b: Candidate): number {
  return compare(a.feature.id, b.feature.id) || compare(JSON.stringify(a.feature), JSON.stringify(b.feature));
}

function inReadingOrder(a: DetectionFeature, b: DetectionFeature): number {
  const [leftA, topA] = a.properties.imageBBox;
  const [leftB, topB] = b.properties.imageBBox;
  return compare(pictureOf(a), pictureOf(b)) || topA - topB || leftA - leftB || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
