import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource, type Source } from './parseSource.ts';

/** The repository's folder. */
const root = join(import.meta.dirname, '../../..');

/** Parses every TypeScript file under the folders; one that does not exist yet has none. */
export function readSources(...folders: string[]): Source[] {
  const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).sort();
  return paths
    .filter((path) => !path.includes('node_modules/'))
    .map((path) => parseSource(path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')));
}
