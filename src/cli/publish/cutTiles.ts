import { extname } from 'node:path';
import { loadSharp } from '../../../model/loadSharp.ts';
import { cellBounds } from '../../imagery/cellBounds.ts';
import { formatScene } from '../../imagery/formatScene.ts';
import { type TileCell, tileGrid } from '../../imagery/tileGrid.ts';
import { openPicture, type Picture, type PictureFacts } from './openPicture.ts';
import type { TileDescriptor } from './tileDescriptor.ts';

/** How a picture is cut, in pixels. */
export interface CutOptions extends PictureFacts {
  readonly tileSize: number;
  /** What neighbouring tiles share, an even number; default 0. */
  readonly overlap?: number | undefined;
}

/** A tile on its way into a record. */
export interface CutTile {
  readonly id: string;
  readonly cell: TileCell;
  /** PNG, lossless: a detector must see the picture's own pixels. */
  readonly bytes: Uint8Array;
  readonly descriptor: TileDescriptor;
}

/** A picture that is cut as its tiles are asked for. */
export interface CutPicture extends AsyncIterable<CutTile> {
  readonly picture: Picture;
  /** How many tiles there are. */
  readonly count: number;
}

/** Tiles encoded ahead of the one that is asked for; libvips works on them in threads of its own. */
const ahead = 4;

/**
 * Cuts a picture into tiles, row by row, as lossless PNGs with what their records say of them.
 *
 * The ids are the same each time: `<name without ending>/x<left>-y<top>`.
 *
 * @param image - Path of a file, or its bytes.
 * @throws ConfigurationError when the file is no picture, or a size cannot be used.
 * @example
 * const tiles = await cutTiles('night.jpg', { tileSize: 256, overlap: 48, bounds: [-180, -90, 180, 90] });
 * for await (const { id, descriptor } of tiles) await writer.write(descriptorRecord(descriptor));
 */
export async function cutTiles(image: string | Uint8Array, options: CutOptions): Promise<CutPicture> {
  const picture = await openPicture(image, options);
  const { tileSize, overlap = 0 } = options;
  const cells = tileGrid({ width: picture.width, height: picture.height, tileSize, overlap });
  const cut = async (cell: TileCell): Promise<CutTile> => tileOf(picture, cell, overlap, await encode(picture, cell));
  return { picture, count: cells.length, [Symbol.asyncIterator]: () => inOrder(cells, cut) };
}

async function encode({ pixels, width, height, channels }: Picture, cell: TileCell): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { width, height, channels } })
    .extract({ left: cell.x, top: cell.y, width: cell.width, height: cell.height })
    .png({ compressionLevel: 6, adaptiveFiltering: true }) // small enough to travel inline, mostly
    .toBuffer();
}

function tileOf({ name, width, height, bounds }: Picture, cell: TileCell, overlap: number, bytes: Uint8Array): CutTile {
  const id = `${name.slice(0, name.length - extname(name).length)}/x${cell.x}-y${cell.y}`;
  const descriptor: TileDescriptor = {
    id,
    data_base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    contentType: 'image/png',
    ...(bounds && { bounds: cellBounds(cell, { width, height, bounds }), crs: 'EPSG:4326' }),
    offset: [cell.x, cell.y],
    scene: formatScene({ name, width, height, overlap }),
  };
  return { id, cell, bytes, descriptor };
}

/** Works a few steps ahead and hands over in order. */
async function* inOrder<I, O>(inputs: readonly I[], work: (input: I) => Promise<O>): AsyncGenerator<O> {
  const running: Promise<O>[] = [];
  try {
    for (const input of inputs) {
      running.push(work(input));
      if (running.length > ahead) yield (await running.shift()) as O;
    }
    while (running.length > 0) yield (await running.shift()) as O;
  } finally {
    for (const rest of running) rest.catch(() => undefined); // whoever broke off asks no more
  }
}
