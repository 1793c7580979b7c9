import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const blockBytes = 512;

/**
 * Unpacks what `npm pack` wrote into `folder`, without the archive's first folder (`package/`).
 *
 * Reads the ustar format by hand, so that the tests need no `tar`.
 *
 * @throws Error for an entry that is neither a file nor a folder; npm writes none.
 */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  const tar = gunzipSync(await readFile(archive));
  let at = 0;
  while (tar[at]) {
    const text = (offset: number, bytes: number): string =>
      tar.toString('utf8', at + offset, at + offset + bytes).replace(/\0.*$/s, '');
    const [name, size, type, prefix] = [text(0, 100), Number.parseInt(text(124, 12), 8), text(156, 1), text(345, 155)];
    const path = join(folder, join(prefix, name).replace(/^[^/\\]+[/\\]/, ''));
    const from = at + blockBytes;
    if (type === '0') {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, tar.subarray(from, from + size));
    } else if (type !== '5') throw new Error(`${archive}: ${name} is neither a file nor a folder`);
    at = from + Math.ceil(size / blockBytes) * blockBytes;
  }
}
