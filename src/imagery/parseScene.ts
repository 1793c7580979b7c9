/** What a tile's `scene` says about the picture it was cut from. */
export interface Scene {
  /** Name of the picture, without the fragment. */
  readonly name: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** What neighbouring tiles share, in pixels. */
  readonly overlap?: number;
}

/**
 * Reads a scene: a name, and behind a `#` what is known of the picture and how it was cut, as in `night.jpg#xywh=0,0,4096,2048&overlap=48`.
 *
 * `xywh` is the spatial dimension of W3C Media Fragments; other fragments belong to the name.
 */
export function parseScene(scene: string): Scene {
  const [, name, fragment = ''] = /^(.*)#((?:xywh|overlap)=.*)$/s.exec(scene) ?? [];
  if (name === undefined) return { name: scene };
  const size = /(?:^|&)xywh=(?:pixel:)?0,0,(\d+),(\d+)(?:&|$)/.exec(fragment);
  const overlap = /(?:^|&)overlap=(\d+)(?:&|$)/.exec(fragment)?.[1];
  return {
    name,
    ...(size && { width: Number(size[1]), height: Number(size[2]) }),
    ...(overlap !== undefined && { overlap: Number(overlap) }),
  };
}
