/** A box in pixels, from the top left corner of a picture; its right and bottom edges do not belong to it. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
