/**
 * Pixels that neighbouring tiles should share, so that each light is seen whole, with its surroundings, by the tile that reports it.
 *
 * With `max_extent` 14 the model's answer about a light depends on less than 24 pixels round its peak: half of this.
 */
export const detectOverlapPixels = 48;
