/** Width and height in pixels, as an image's header gives them. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}
