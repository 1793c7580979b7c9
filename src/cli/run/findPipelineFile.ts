import { globSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** The shipped ones lie beside `src` in a checkout, and beside `dist/src` where swath is installed. */
const shippedFolder = fileURLToPath(new URL('../../../pipelines/', import.meta.url));
const ending = extname(import.meta.url);

/**
 * Finds the file of a pipeline: a path, or the name of one that comes with swath.
 *
 * @throws ConfigurationError when there is none.
 */
export function findPipelineFile(pipeline: string): string {
  const path = resolve(pipeline);
  if (isFile(path)) return path;
  const shipped = join(shippedFolder, `${pipeline}${ending}`);
  if (/^[a-z0-9-]+$/.test(pipeline) && isFile(shipped)) return shipped;
  const names = globSync(`*${ending}`, { cwd: shippedFolder })
    .map((name) => basename(name, ending))
    .sort();
  const rule = `there is no such file, and no pipeline of that name comes with swath (these do: ${names.join(', ')})`;
  throw new ConfigurationError([{ field: pipeline, rule }]);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
