import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../kafka/withLock.ts';

const run = promisify(execFile);

/** What to fetch, and where to keep it. */
export interface MavenJars {
  /** Exists only when complete. */
  readonly folder: string;
  readonly pomFile: string;
  /** Properties of the pom. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Removes what a fetch that was killed left beside the cache folder. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.part`)) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
};

/** Returns the class path of what a pom names, after Maven fetched its jars into the cache folder if they were not there yet. */
export async function fetchMavenJars(
  { folder, pomFile, properties = {} }: MavenJars,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<string> {
  if (!existsSync(folder)) {
    const fetch = async (): Promise<void> => {
      if (existsSync(folder)) return; // another process fetched them while this one waited
      await removeLeftovers(folder);
      const part = `${folder}.part-${process.pid}`;
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${part}`];
      const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
      await run('mvn', ['-q', '-B', '-f', pomFile, ...goal, ...defined], { env, ...(signal && { signal }) });
      await rename(part, folder); // complete or absent, never half
    };
    await withLock(`${folder}.lock`, fetch, signal);
  }
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  return jars.map((name) => join(folder, name)).join(':');
}
