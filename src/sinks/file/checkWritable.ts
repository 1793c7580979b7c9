import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './makeFolder.ts';

/**
 * Makes the folder of a file, and checks that the file can be written or made in it; makes no file.
 *
 * @throws What the system says, with its `code`.
 */
export async function checkWritable(path: string): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
  await access(there === undefined ? folder : path, constants.W_OK);
}
