/**
 * Bytes that came with the record. They are shared, not copied: a stage that wants other bytes changes a copy (`Uint8Array.from(bytes)`), for
 * what it changes here is what a dead letter and a redelivery would carry.
 */
export interface InlinePayload {
  readonly bytes: Uint8Array;
}

/** A claim check: the bytes lie in an object store. */
export interface PayloadReference {
  /** `s3://bucket/key`. */
  readonly uri: string;
}

/** What a CloudEvent said about itself, beside its id and its data. */
export interface TileEvent {
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339, as it was given. */
  readonly time?: string;
  /** Every further attribute by its name; strings only where the event came in headers. */
  readonly extensions: Readonly<Record<string, string | number | boolean>>;
}

/** A tile as a source reads it from a record; stages add to it. */
export interface Tile {
  /** The CloudEvents id, else the descriptor's id, else `<stream>-<partition>-<position>`. */
  readonly id: string;
  readonly payload: InlinePayload | PayloadReference;
  /** Media type of the payload, like `image/png`. */
  readonly contentType: string;
  /** Bytes of the record, as read; what an own stage may want of them. */
  readonly key?: Uint8Array;
  /** `[minLon, minLat, maxLon, maxLat]` of the payload, in degrees for EPSG:4326. */
  readonly bounds?: readonly [number, number, number, number];
  /** Coordinate reference system of `bounds`, like `EPSG:4326`. */
  readonly crs?: string;
  /** `[x, y]` of the payload's top left pixel in its scene, in pixels. */
  readonly offset?: readonly [number, number];
  /** Name of the picture the tile was cut from. */
  readonly scene?: string;
  /** Present when the record was a CloudEvent; its `source` and the tile's id together name the event. */
  readonly event?: TileEvent;
}
