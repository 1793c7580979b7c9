/** What a run of the demo comes to: the content of `summary.json`. */
export interface Summary {
  readonly tiles: { readonly read: number; readonly written: number; readonly deadLettered: number };
  /** After those that several tiles saw were made one. */
  readonly detections: number;
  /** From the first tile published to the last one settled. */
  readonly seconds: number;
  readonly tilesPerSecond: number;
  /** Requests to AWS by operation, like `s3.GetObject`: those of the pipeline, not of publishing and looking at the result. */
  readonly calls: Readonly<Record<string, number>>;
  readonly callsPerTile: number;
  /** From the start of a tile's delivery to its settlement. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number };
  /** Trace id of the tile with the median latency; null where no trace was recorded. */
  readonly exampleTrace: string | null;
}
