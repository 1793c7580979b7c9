import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const oldestJava = 17; // what the Kafka 4 broker asks for

/** Finds the `java` that runs Kafka (`JAVA_HOME` first, then `PATH`), or says why there is none. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<{ java: string } | { missing: string }> {
  const home = env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  try {
    const { stderr } = await run(java, ['-version'], { env });
    const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    if (major >= oldestJava) return { java };
    return { missing: `Java ${oldestJava} or newer (${java} is version ${major})` };
  } catch {
    return { missing: `Java ${oldestJava} or newer (${java} could not be run)` };
  }
}
