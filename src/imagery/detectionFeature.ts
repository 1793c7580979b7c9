/** A position as RFC 7946 has it, or a pixel coordinate. */
export type Position = readonly [number, number];
/** An outline without holes; the first position is repeated at the end. */
export type Ring = readonly Position[];

/** Geometry of a detection; it is a MultiPolygon only where it crosses the antimeridian. */
export type DetectionGeometry =
  | { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Ring[])[] };

/** What a detection says of itself, in the properties the OversightML model runner writes, and a few of ours. */
export interface DetectionProperties {
  /** Pixels of the whole picture. */
  readonly imageGeometry: { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] };
  readonly imageBBox: readonly [minX: number, minY: number, maxX: number, maxY: number];
  readonly featureClasses: readonly { readonly iri: string; readonly score: number }[];
  readonly modelMetadata: { readonly modelName: string };
  readonly inferenceMetadata?: { readonly jobId: string; readonly inferenceDT: string };
  /** Picture (`location`) and tile (`sourceId`) it was found in. */
  readonly sourceMetadata: readonly { readonly location?: string; readonly sourceId?: string }[];
  /** Degrees; null where the tile's bounds are not known. */
  readonly center_longitude: number | null;
  readonly center_latitude: number | null;
  /** Square kilometres inside the geometry; null where there is none. */
  readonly areaKm2: number | null;
  /** Pixels. */
  readonly areaPx: number;
  /** Mean of a light's pixels, 0..255; absent where the detector does not measure it. */
  readonly brightness?: number;
  /** 0..1. */
  readonly confidence: number;
}

/** A detection as a GeoJSON Feature (RFC 7946). */
export interface DetectionFeature {
  readonly type: 'Feature';
  /** The same for the same thing, whichever tile it was found in. */
  readonly id: string;
  /** Null where the tile's bounds are not known, or not in degrees. */
  readonly geometry: DetectionGeometry | null;
  readonly properties: DetectionProperties;
}
