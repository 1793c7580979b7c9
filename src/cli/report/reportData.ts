import type { Summary } from './summary.ts';

/** A detection as the page draws it. */
export interface DrawnDetection {
  /** Outline in pixels of the picture: x and y by turns, the first point not repeated. */
  readonly outline: readonly number[];
  /** Middle, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Degrees; null where the picture's place on earth is not known. */
  readonly lon: number | null;
  readonly lat: number | null;
  readonly areaKm2: number | null;
  readonly areaPx: number;
  /** 0..1. */
  readonly confidence: number;
  /** 0..255; null where the detector does not measure it. */
  readonly brightness: number | null;
}

/** An attribute of a span or an event, as text. */
export type Fact = readonly [name: string, value: string];

/** A moment of a span, like a look for the outcome. */
export interface DrawnEvent {
  readonly name: string;
  /** Since the start of the trace. */
  readonly atMs: number;
  readonly facts: readonly Fact[];
}

/** A span as the waterfall draws it. */
export interface DrawnSpan {
  readonly name: string;
  /** `service.name` of the process that made it. */
  readonly service: string;
  /** Number of spans above it. */
  readonly depth: number;
  /** Since the start of the trace. */
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly facts: readonly Fact[];
  readonly events: readonly DrawnEvent[];
}

/** One tile's trace, its spans from the root down, children by their start. */
export interface DrawnTrace {
  readonly traceId: string;
  readonly tileId: string;
  readonly spans: readonly DrawnSpan[];
}

/** The picture below the detections. */
export interface DrawnPicture {
  readonly name: string;
  /** Pixels; detections are given in these. */
  readonly width: number;
  readonly height: number;
  /** West, south, east, north in degrees; null where not known. */
  readonly bounds: readonly [number, number, number, number] | null;
}

/** All that the page of a run shows; it travels in the page as JSON. */
export interface ReportData {
  readonly picture: DrawnPicture;
  /** What carried the tiles, for people: `Kinesis stream` or `Kafka topic`. */
  readonly source: string;
  readonly tileSize: number;
  readonly detections: readonly DrawnDetection[];
  readonly summary: Summary;
  /** From the start of a tile's delivery to its settlement, by tile, in milliseconds. */
  readonly latenciesMs: readonly { readonly tileId: string; readonly ms: number }[];
  readonly trace: DrawnTrace | null;
}
