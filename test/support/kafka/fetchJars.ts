import { fetchMavenJars } from '../maven/fetchMavenJars.ts';
import { recipe } from './recipe.ts';

/** Returns the class path of Kafka, after Maven fetched its jars into the cache folder if they were not there yet. */
export function fetchJars(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  return fetchMavenJars({ folder: recipe.jarFolder(env), pomFile: recipe.pomFile }, env, signal);
}
