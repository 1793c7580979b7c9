import type { ImageSize } from './imageSize.ts';
import { readTiffSize } from './readTiffSize.ts';
import { readUint } from './readUint.ts';
import { sniffContentType } from './sniffContentType.ts';

const { be16, be32, le16, le24, le32 } = readUint;

/**
 * Reads an image's size from its header, without decoding a pixel.
 *
 * Answers `undefined` for what is no image, and where the header is cut off or broken: the decoder will say so.
 */
export function readImageSize(bytes: Uint8Array): ImageSize | undefined {
  switch (sniffContentType(bytes)) {
    case 'image/png':
      return be32(bytes, 12) === 0x49484452 ? sized(be32(bytes, 16), be32(bytes, 20)) : undefined;
    case 'image/jpeg':
      return jpegSize(bytes);
    case 'image/gif':
      return sized(le16(bytes, 6), le16(bytes, 8));
    case 'image/webp':
      return webpSize(bytes);
    case 'image/jp2':
      return jp2Size(bytes);
    case 'image/tiff':
      return readTiffSize(bytes);
    default:
      return undefined;
  }
}

/** Walks the segments up to the first frame header (SOF0 … SOF15, less the three markers of that range that are none). */
function jpegSize(bytes: Uint8Array): ImageSize | undefined {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2; // stands alone
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return sized(be16(bytes, at + 7), be16(bytes, at + 5));
    } else if (marker === 0xd9 || marker === 0xda) {
      return undefined; // pixels before any frame header
    } else {
      at += 2 + Math.max(2, be16(bytes, at + 2));
    }
  }
  return undefined;
}

function webpSize(bytes: Uint8Array): ImageSize | undefined {
  switch (be32(bytes, 12)) {
    case 0x56503820: // "VP8 ": lossy, 14 bits each
      return sized(le16(bytes, 26) & 0x3fff, le16(bytes, 28) & 0x3fff);
    case 0x5650384c: // "VP8L": lossless, 14 bits each, less one
      return sized((le32(bytes, 21) & 0x3fff) + 1, ((le32(bytes, 21) >>> 14) & 0x3fff) + 1);
    case 0x56503858: // "VP8X": 24 bits each, less one
      return sized(le24(bytes, 24) + 1, le24(bytes, 27) + 1);
    default:
      return undefined;
  }
}

/** Looks for the image header box, or reads the codestream's own where there are no boxes. */
function jp2Size(bytes: Uint8Array): ImageSize | undefined {
  if (bytes[0] === 0xff) return sized(be32(bytes, 8) - be32(bytes, 16), be32(bytes, 12) - be32(bytes, 20));
  let at = 0;
  while (at + 16 <= bytes.length) {
    const length = be32(bytes, at);
    const kind = be32(bytes, at + 4);
    if (kind === 0x69686472) return sized(be32(bytes, at + 12), be32(bytes, at + 8)); // ihdr
    if (kind === 0x6a703268)
      at += 8; // jp2h: look inside
    else if (length < 8)
      return undefined; // to the end of the file, or 64 bits long: no header comes after it
    else at += length;
  }
  return undefined;
}

function sized(width: number, height: number): ImageSize | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
