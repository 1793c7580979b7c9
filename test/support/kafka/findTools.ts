import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { fetchJars } from './fetchJars.ts';
import { findJava } from './findJava.ts';
import { MissingToolError } from './missingToolError.ts';
import { recipe } from './recipe.ts';

const run = promisify(execFile);

/** What runs a broker. */
export interface Tools {
  readonly java: string;
  readonly classPath: string;
}

/** Finds what runs Kafka, or names everything that is missing at once. */
export async function findTools(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Tools> {
  const found = await findJava(env);
  const missing = 'missing' in found ? [found.missing] : [];
  if (!existsSync(recipe.jarFolder(env))) {
    const maven = await run('mvn', ['--version'], { env }).catch(() => undefined);
    if (!maven) missing.push('Maven (mvn could not be run)');
  }
  if ('missing' in found || missing.length > 0) throw new MissingToolError(missing);
  return { java: found.java, classPath: await fetchJars(env, signal) };
}
