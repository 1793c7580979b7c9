import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/**
 * Builds and packs the package in `folder`, and returns the archive that a publisher would upload.
 *
 * Works on a copy, so that the checkout's own `dist` stays as it is.
 */
export async function packSwath(folder: string): Promise<string> {
  const stage = join(folder, 'stage');
  await mkdir(stage, { recursive: true });
  await run(process.execPath, [join(root, 'build.ts'), '--out', join(stage, 'dist')], { cwd: root });
  for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    await copyFile(join(root, name), join(stage, name));
  }
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: stage });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('npm pack wrote no archive');
  return join(folder, archive);
}
