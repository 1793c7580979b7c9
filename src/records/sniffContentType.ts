import { readUint } from './readUint.ts';

const { be16, be32 } = readUint;

/** Tells an image's media type from its first bytes; `undefined` for what is not one of png, jpeg, gif, webp, tiff, jp2. */
export function sniffContentType(bytes: Uint8Array): string | undefined {
  switch (be16(bytes, 0)) {
    case 0x8950:
      return be32(bytes, 0) === 0x89504e47 && be32(bytes, 4) === 0x0d0a1a0a ? 'image/png' : undefined;
    case 0xffd8:
      return bytes[2] === 0xff ? 'image/jpeg' : undefined;
    case 0x4749: // GIF87a, GIF89a
      return be32(bytes, 0) === 0x47494638 ? 'image/gif' : undefined;
    case 0x5249: // RIFF of kind WEBP
      return be32(bytes, 0) === 0x52494646 && be32(bytes, 8) === 0x57454250 ? 'image/webp' : undefined;
    case 0x4949: // II: little-endian, classic (42) or BigTIFF (43)
      return be16(bytes, 2) === 0x2a00 || be16(bytes, 2) === 0x2b00 ? 'image/tiff' : undefined;
    case 0x4d4d: // MM: big-endian
      return be16(bytes, 2) === 0x2a || be16(bytes, 2) === 0x2b ? 'image/tiff' : undefined;
    case 0xff4f: // a bare JPEG 2000 codestream
      return be16(bytes, 2) === 0xff51 ? 'image/jp2' : undefined;
    case 0x0000:
      return be32(bytes, 0) === 12 && be32(bytes, 4) === 0x6a502020 ? 'image/jp2' : undefined;
    default:
      return undefined;
  }
}
