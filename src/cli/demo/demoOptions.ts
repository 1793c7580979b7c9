import type { Bounds } from '../../imagery/bounds.ts';

/** What carries the demo's tiles. */
export type DemoSource = 'kinesis' | 'kafka';

/** What a run of the demo is told. */
export interface DemoOptions {
  readonly source: DemoSource;
  /** Path of a picture; default the night side of the earth. */
  readonly image?: string | undefined;
  /** Edges of the picture in degrees. */
  readonly bounds?: Bounds | undefined;
  /** Pixels. */
  readonly tileSize: number;
  /** Folder for the results; made where it is missing. */
  readonly out: string;
  /** `path=value` settings laid over the pipeline's configuration. */
  readonly set: readonly string[];
}
