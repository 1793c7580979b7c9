import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** Names of the files to read by their folder, sorted by code unit; a name is the path within the folder, with `/`. */
export type FolderListing = ReadonlyMap<string, readonly string[]>;

const picture = /\.(png|jpe?g|tiff?|gif|webp|jp2)$/i;

/**
 * Lists pictures: the files that are named, and of the folders that are named what ends like a picture, in subfolders too.
 * What begins with a dot is left out.
 *
 * @throws ConfigurationError when there is no such file or folder.
 */
export async function listFiles(paths: readonly string[]): Promise<FolderListing> {
  const found = new Map<string, Set<string>>();
  const add = (folder: string, names: readonly string[]): void => {
    const known = found.get(folder) ?? new Set();
    found.set(folder, known);
    for (const name of names) known.add(name);
  };
  for (const path of paths) {
    const clean = normalize(path).replace(/(?<=.)[/\\]+$/, '');
    if (await isFolder(path)) add(clean, await picturesOf(clean));
    else add(dirname(clean), [basename(clean)]);
  }
  return new Map([...found].map(([folder, names]) => [folder, [...names].sort()]));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const rule = code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${String(code ?? cause)})`;
    throw new ConfigurationError([{ field: path, rule }], { cause });
  }
}

async function picturesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => picture.test(entry.name) && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')));
}
