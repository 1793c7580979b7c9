import type { ImageSize } from './imageSize.ts';

const WIDTH = 256;
const HEIGHT = 257;
/** Tags are sorted and these two are among the first; more entries than this are not looked through. */
const MAX_ENTRIES = 512;

/** Reads a TIFF's size from its first directory, classic or BigTIFF; `undefined` where that lies outside of `bytes`. */
export function readTiffSize(bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  try {
    const big = view.getUint16(2, little) === 43;
    const start = big ? Number(view.getBigUint64(8, little)) : view.getUint32(4, little);
    const count = big ? Number(view.getBigUint64(start, little)) : view.getUint16(start, little);
    const first = start + (big ? 8 : 2);
    let width = 0;
    let height = 0;
    for (let i = 0; i < Math.min(count, MAX_ENTRIES); i++) {
      const at = first + i * (big ? 20 : 12);
      const tag = view.getUint16(at, little);
      if (tag !== WIDTH && tag !== HEIGHT) continue;
      const isShort = view.getUint16(at + 2, little) === 3;
      const valueAt = at + (big ? 12 : 8);
      const value = isShort ? view.getUint16(valueAt, little) : view.getUint32(valueAt, little);
      if (tag === WIDTH) width = value;
      else height = value;
    }
    return width > 0 && height > 0 ? { width, height } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // the directory lies past the end: truncated, the decoder will say so
    throw error;
  }
}
