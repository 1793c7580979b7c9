/** What a record may measure at most; the defaults are those of the option schema. */
export interface DecodeLimits {
  /** Size of the record's value and of the payload decoded from it, in bytes. */
  readonly maxRecordBytes: number;
  /** Width and height of an image, in pixels, as its header gives them. */
  readonly maxImageDimension: number;
  /** Width times height of an image, in pixels. */
  readonly maxImagePixels: number;
}
