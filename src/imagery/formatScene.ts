import type { Scene } from './parseScene.ts';

/** Writes a scene so that a tile tells whoever reports its detections which part of it is its own; see {@link parseScene}. */
export function formatScene({ name, width, height, overlap }: Required<Scene>): string {
  return `${name}#xywh=0,0,${width},${height}&overlap=${overlap}`;
}
