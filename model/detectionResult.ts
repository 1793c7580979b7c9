/** A point in pixels of the image that was sent, from its top left corner. */
export interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** A box in pixels of the image that was sent. */
export interface PixelBox extends PixelPoint {
  readonly width: number;
  readonly height: number;
}

/** A closed contour in a drawing. */
export interface Room {
  /** `room_001` and so on, in reading order. */
  readonly id: string;
  /** Area inside the contour, in px². */
  readonly area: number;
  /** Corners of the simplified contour, as centres of pixels. */
  readonly vertices: readonly PixelPoint[];
  readonly bounding_box: PixelBox;
  /** 0..1: how much of its box the room fills, and how few corners it has. */
  readonly confidence: number;
}

/** A bright connected area. */
export interface Light {
  /** `light_0001` and so on, in reading order of the peaks. */
  readonly id: string;
  /** Mean position of its pixels; the centre of the first pixel is (0.5, 0.5). */
  readonly centroid: PixelPoint;
  /** Its brightest spot: the pixel's column and row (whole numbers), and the brightest value of the light, 0..255. */
  readonly peak: PixelPoint & { readonly value: number };
  /** Pixels. */
  readonly area: number;
  /** Mean of the measured channel over its pixels, 0..255. */
  readonly brightness: number;
  /** Outline along the pixels' edges, not closed, clockwise on the screen, holes not shown. */
  readonly vertices: readonly PixelPoint[];
  readonly bounding_box: PixelBox;
  /** 0..1: how far the peak is above the threshold, and how large the light is. */
  readonly confidence: number;
}

/** What every answer says beside its detections. */
interface DetectionFacts {
  readonly status: 'success';
  /** Height, width and channels of the decoded image. */
  readonly image_shape: readonly [height: number, width: number, channels: 3];
  /** What came with the request, unchanged. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Answer of the detector `rooms`. */
export interface RoomsResult extends DetectionFacts {
  readonly room_count: number;
  readonly rooms: readonly Room[];
}

/** Answer of the detector `lights`. */
export interface LightsResult extends DetectionFacts {
  readonly light_count: number;
  readonly lights: readonly Light[];
}

/** Answer of the model. */
export type DetectionResult = RoomsResult | LightsResult;
