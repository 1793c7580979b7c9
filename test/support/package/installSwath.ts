import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unpackArchive } from './unpackArchive.ts';

const root = join(import.meta.dirname, '../../..');

const link = async (target: string, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
};

/**
 * Makes an empty project with the packed package in it, as `npm install` would, but without the network.
 *
 * What the package declares is linked from the checkout, and nothing else: an import that is not declared fails.
 * `extra` names packages that the project itself asks for. Returns the folder of the installed package.
 */
export async function installSwath(archive: string, project: string, extra: readonly string[]): Promise<string> {
  const modules = join(project, 'node_modules');
  const installed = join(modules, 'swath');
  await mkdir(installed, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  await unpackArchive(archive, installed);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  for (const name of new Set([...declared, ...extra])) {
    const source = join(root, 'node_modules', name);
    if (existsSync(source)) await link(source, join(modules, name));
  }
  for (const [name, file] of Object.entries<string>(manifest.bin)) {
    await chmod(join(installed, file), 0o755); // npm does so too
    await link(join(installed, file), join(modules, '.bin', name));
  }
  return installed;
}
