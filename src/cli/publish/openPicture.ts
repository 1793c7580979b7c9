import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { loadSharp } from '../../../model/loadSharp.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Bounds } from '../../imagery/bounds.ts';

/** A decoded picture, and where on earth it lies. */
export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Degrees (EPSG:4326); absent where it is not known. */
  readonly bounds: Bounds | undefined;
  /** Eight bits a channel, row by row. */
  readonly pixels: Uint8Array;
  /** 3 for red, green and blue; 4 with transparency. */
  readonly channels: 3 | 4;
}

/** What is known of a picture beside its pixels. */
export interface PictureFacts {
  /** Default: the file's name. Required for bytes. */
  readonly name?: string | undefined;
  /** Edges in degrees (EPSG:4326). */
  readonly bounds?: Bounds | undefined;
}

/** Largest picture that is decoded, in pixels: 800 MB of memory. */
const maxPixels = 268_402_689;

/**
 * Decodes a picture whole, as the model would: turned as its EXIF orientation says, in sRGB.
 *
 * @throws ConfigurationError when the file cannot be read or is no picture.
 */
export async function openPicture(image: string | Uint8Array, { name, bounds }: PictureFacts = {}): Promise<Picture> {
  const sharp = await loadSharp();
  const shown = name ?? (typeof image === 'string' ? basename(image) : 'picture');
  try {
    const { data, info } = await sharp(image, { failOn: 'truncated', limitInputPixels: maxPixels })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { name: shown, width, height, bounds, pixels: data, channels: channels === 4 ? 4 : 3 };
  } catch (cause) {
    const field = typeof image === 'string' ? image : shown;
    const rule = (typeof image === 'string' ? await ruleOfFile(image) : undefined) ?? ruleOf(cause);
    throw new ConfigurationError([{ field, rule }], { cause });
  }
}

/** What is wrong before anybody looks into the file; the library has one answer for all of it. */
async function ruleOfFile(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return 'must be a picture: it is a folder';
    if (facts.size === 0) return 'must be a picture: it is empty';
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `must be a picture: ${code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`}`;
  }
}

/** The library's first line says it; what follows is about its own insides. */
function ruleOf(error: unknown): string {
  const line = messageOf(error).split('\n', 1)[0] ?? '';
  if (line.includes('exceeds pixel limit')) return `must be a picture of at most ${maxPixels} pixels`;
  if (line.includes('unsupported image format'))
    return 'must be a picture: it is of no format that is known (PNG, JPEG, TIFF, WebP, …)';
  return `must be a picture: ${line.replace(/:$/, '')}`;
}
