import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeReport, type RunVerdict } from './judgeReport.ts';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs vitest in a folder until its first failed test, and says what the tests made of the code there. */
export async function runTests(cwd: string, args: readonly string[]): Promise<RunVerdict> {
  const path = join(cwd, 'report.json');
  await rm(path, { force: true });
  const all = [vitest, 'run', '--bail=1', '--retry=0', '--reporter=json', `--outputFile=${path}`, ...args];
  const child = spawn(process.execPath, all, { cwd, stdio: 'ignore', env: { ...process.env, CI: 'true' } });
  const [code] = await once(child, 'exit');
  const text = await readFile(path, 'utf8').catch(() => '{}'); // none where it ended before it could write one
  return judgeReport(JSON.parse(text), code);
}
