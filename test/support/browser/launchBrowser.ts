import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Nothing of the browser's own that would ask the network; no sandbox, since continuous integration runs as root. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the Chromium that `CHROMIUM_PATH` names, or that is on `PATH`, without a window.
 *
 * @throws Error when there is none: pages are tested in a browser, or not at all.
 */
export async function launchBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const executablePath = env['CHROMIUM_PATH'] || onPath(env['PATH'] ?? '');
  if (executablePath === undefined)
    throw new Error('no Chromium found: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH');
  return chromium.launch({ executablePath, args });
}

function onPath(path: string): string | undefined {
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
