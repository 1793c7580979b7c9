import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { loadSharp } from '../../../model/loadSharp.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { Bounds } from '../../imagery/bounds.ts';
import { detectOverlapPixels } from '../../imagery/detectOverlapPixels.ts';
import { type CutPicture, cutTiles } from '../publish/cutTiles.ts';
import type { DemoOptions } from './demoOptions.ts';

/** The picture of a run, ready to be cut. */
export interface DemoPicture {
  /** Path of its file. */
  readonly path: string;
  readonly cut: CutPicture;
  /** Where the picture comes from, for the foot of the page. */
  readonly credit: string;
}

const wholeEarth: Bounds = [-180, -90, 180, 90];

/**
 * Opens the picture and plans its tiles. A picture that is not the demo's own, with no bounds given, and exactly twice as wide
 * as high, is taken for one of the whole earth, as the usual maps are; `tell` hears of that.
 *
 * @throws ConfigurationError when it is no picture, or the demo's own is not installed.
 */
export async function openDemoPicture(
  { image, bounds, tileSize }: Pick<DemoOptions, 'image' | 'bounds' | 'tileSize'>,
  tell: (message: string) => void,
): Promise<DemoPicture> {
  const path = image ?? shippedPicture();
  const edges = bounds ?? (image === undefined ? wholeEarth : await guessBounds(path, tell));
  const cut = await cutTiles(path, { tileSize, overlap: detectOverlapPixels, bounds: edges }).catch(unusable(path));
  const credit =
    image === undefined ? `Picture: ${basename(path)} of the package three-globe.` : `Picture: ${basename(path)}.`;
  return { path, cut, credit };
}

async function guessBounds(path: string, tell: (message: string) => void): Promise<Bounds | undefined> {
  const sharp = await loadSharp();
  const size = await sharp(path)
    .metadata()
    .then(({ autoOrient }) => autoOrient)
    .catch(() => undefined); // opening it says what is wrong
  if (size === undefined) return undefined;
  if (size.width !== 2 * size.height) {
    tell('The picture has no place on earth; --bounds west,south,east,north gives it one.');
    return undefined;
  }
  tell('The picture is twice as wide as high and taken for one of the whole earth; --bounds says otherwise.');
  return wholeEarth;
}

/** Names the option instead of the file alone. */
function unusable(path: string): (error: unknown) => never {
  return (cause) => {
    const rules = cause instanceof ConfigurationError ? cause.problems.map(({ rule }) => rule) : [];
    if (rules.length === 0) throw cause;
    throw new ConfigurationError([{ field: '--image', rule: rules.join('; '), value: path }], { cause });
  };
}

function shippedPicture(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('three-globe');
    return join(dirname(entry), '../example/img/earth-night.jpg');
  } catch (cause) {
    const rule = 'must name a picture: the package three-globe, which has the usual one, is not installed';
    throw new ConfigurationError([{ field: '--image', rule }], { cause });
  }
}
