import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tests = [
  'test/unit/tile',
  'test/unit/sources',
  'test/unit/sinks',
  'test/unit/operators/mapTile',
  'test/unit/operators/resumeJob',
  'test/unit/operators/settling',
  'test/unit/operators/stageRun',
  'test/unit/aws/leaseKeeper',
  'test/unit/aws/planTaking',
  'test/unit/aws/resumption',
  'test/unit/aws/unpackRecord',
  'test/unit/kafka',
  'test/integration/atLeastOnce',
  'test/integration/payOnce',
];
let copy: string;

/** Runs the kernel's own tests on the copy, and answers whether they pass. */
async function testsPass(): Promise<boolean> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const limits = ['--testTimeout=6000', '--bail=1', '--retry=0', '--reporter=dot'];
  const args = [vitest, 'run', '--project', 'unit', '--project', 'integration', ...limits, ...tests];
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', env: { ...process.env, CI: 'true' } });
  const [code] = await once(child, 'exit');
  return code === 0;
}

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'swath-mutants-'));
  for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('the tests of the kernel', () => {
  it('pass as it stands', async () => expect(await testsPass()).toBe(true));

  it.each(mutants)('notice that it no longer holds: $breaks', async ({ file, find, replace }) => {
    const path = join(copy, file);
    const text = await readFile(path, 'utf8');
    expect(text.split(find)).toHaveLength(2); // the rule stands where the mutant says, once
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
    try {
      expect(await testsPass()).toBe(false);
    } finally {
      await writeFile(path, text);
    }
  });
});
