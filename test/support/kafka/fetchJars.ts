import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { recipe } from './recipe.ts';
import { withLock } from './withLock.ts';

const run = promisify(execFile);

/** Removes what a fetch that was killed left beside the cache folder. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.part`)) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
};

/** Returns the class path of Kafka, after Maven fetched its jars into the cache folder if they were not there yet. */
export async function fetchJars(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const folder = recipe.jarFolder(env);
  if (!existsSync(folder)) {
    const fetch = async (): Promise<void> => {
      if (existsSync(folder)) return; // another process fetched them while this one waited
      await removeLeftovers(folder);
      const part = `${folder}.part-${process.pid}`;
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${part}`];
      await run('mvn', ['-q', '-B', '-f', recipe.pomFile, ...goal], { env, ...(signal && { signal }) });
      await rename(part, folder); // complete or absent, never half
    };
    await withLock(`${folder}.lock`, fetch, signal);
  }
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  return jars.map((name) => join(folder, name)).join(':');
}
