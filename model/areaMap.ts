/** Which area each pixel belongs to: 0 for none, else from 1; all of them row by row. */
export interface AreaMap {
  readonly width: number;
  readonly height: number;
  readonly labels: Int32Array;
  /** Areas are numbered from 1 to this, not all numbers need be in use. */
  readonly count: number;
  /** Smoothed brightness, which orders the pixels of an area. */
  readonly smooth: Float32Array;
}
