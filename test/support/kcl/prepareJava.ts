import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findJava } from '../kafka/findJava.ts';
import { withLock } from '../kafka/withLock.ts';
import { fetchMavenJars } from '../maven/fetchMavenJars.ts';

const run = promisify(execFile);

/** A Java program of this folder with the jars it is built on. */
export interface JavaProgram {
  /** Name in the cache folder. */
  readonly name: string;
  /** File of this folder that names the jars. */
  readonly pom: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** Its class, in a file of this folder. */
  readonly main: string;
}

/** How to start a {@link JavaProgram}. */
export interface JavaCommand {
  readonly java: string;
  /** Up to and including the class. */
  readonly args: readonly string[];
}

// Short-lived processes gain nothing from the second compiler.
const jvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto', '-Xmx192m'];

/**
 * Fetches the jars and compiles the program, each once: what is in the cache folder of this user is taken from there.
 *
 * @throws Error that names what is missing on this machine: Java, its compiler or Maven.
 */
export async function prepareJava(
  { name, pom, properties, main }: JavaProgram,
  env: NodeJS.ProcessEnv,
): Promise<JavaCommand> {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swath');
  const pomFile = join(import.meta.dirname, pom);
  const source = join(import.meta.dirname, `${main}.java`);
  const folder = join(cache, `${name}-${digest(pomFile)}`);
  const classes = join(cache, `${name}-${digest(pomFile, source)}-classes`);
  const { java, javac } = await demandTools(env, !existsSync(folder), !existsSync(classes));
  const jars = await fetchMavenJars({ folder, pomFile, ...(properties && { properties }) }, env);
  const compile = async (): Promise<void> => {
    if (existsSync(classes)) return;
    const part = `${classes}.part-${process.pid}`;
    await mkdir(part);
    await run(javac, ['-proc:none', '-d', part, '-cp', jars, source], { env });
    await rename(part, classes);
  };
  if (!existsSync(classes)) await withLock(`${classes}.lock`, compile);
  return { java, args: [...jvm, `-Djava.library.path=${folder}`, '-cp', `${classes}:${jars}`, main] };
}

async function demandTools(env: NodeJS.ProcessEnv, fetches: boolean, compiles: boolean) {
  const found = await findJava(env);
  const javac = env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'javac') : 'javac';
  const works = (tool: string): Promise<boolean> =>
    run(tool, ['--version'], { env }).then(
      () => true,
      () => false,
    );
  const missing = 'missing' in found ? [found.missing] : [];
  if (compiles && !(await works(javac))) missing.push(`a Java compiler (${javac} could not be run)`);
  if (fetches && !(await works('mvn'))) missing.push('Maven (mvn could not be run)');
  if ('missing' in found || missing.length > 0) {
    const install = 'Install what is missing (on Debian: apt-get install default-jdk-headless maven)';
    throw new Error(`The Kinesis Client Library needs ${missing.join(' and ')}. ${install}`);
  }
  return { java: found.java, javac };
}

function digest(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
}
