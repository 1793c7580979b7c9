import type { Bounds } from '../../imagery/bounds.ts';

/** A JSON tile descriptor with its payload inline: a record's value. */
export interface TileDescriptor {
  readonly id: string;
  readonly data_base64: string;
  readonly contentType: string;
  readonly bounds?: Bounds;
  readonly crs?: string;
  readonly offset?: readonly [x: number, y: number];
  readonly scene?: string;
  /** W3C Trace Context of whoever sent the tile. */
  readonly traceparent?: string;
  readonly tracestate?: string;
}
