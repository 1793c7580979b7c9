import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../kafka/withLock.ts';

const run = promisify(execFile);
const version = '2.5.0';

/**
 * Returns the program, after Go built it into the cache folder if it was not there yet.
 *
 * @throws An error that says what to install, where Go is missing.
 */
export async function fetchToxiproxy(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swath');
  const folder = join(cache, `toxiproxy-${version}`);
  const program = join(folder, 'server');
  if (existsSync(program)) return program;
  await run('go', ['version'], { env }).catch(() => {
    throw new Error('Faults between client and broker need Go (on Debian: apt-get install golang-go)');
  });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(program)) return; // another process built it while this one waited
    const part = `${folder}.part-${process.pid}`;
    const source = `github.com/Shopify/toxiproxy/v2/cmd/server@v${version}`;
    await run('go', ['install', source], { env: { ...env, GOBIN: part } });
    await rename(part, folder); // complete or absent, never half
  });
  return program;
}
