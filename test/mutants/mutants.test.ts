import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSource } from '../support/architecture/parseSource.ts';
import type { RunVerdict } from './judgeReport.ts';
import { mutants } from './mutants.ts';
import { runTests } from './runTests.ts';

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

/** Runs the kernel's own tests on the copy, or some of them. */
function runKernelTests(chosen: readonly string[] = tests): Promise<RunVerdict> {
  return runTests(copy, ['--project', 'unit', '--project', 'integration', '--testTimeout=6000', ...chosen]);
}

/** Runs the file's own tests first, where it has some: most of what is broken in it is seen by them, in a second. */
async function runTestsOf(file: string): Promise<RunVerdict> {
  const own = file.replace(/^src(.*)\.ts$/, 'test/unit$1.test.ts');
  const verdict = existsSync(join(copy, own)) ? await runKernelTests([own]) : 'passed';
  return verdict === 'passed' ? runKernelTests() : verdict;
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
  it('pass as it stands', async () => expect(await runKernelTests()).toBe('passed'));

  it.each(mutants)('notice that it no longer holds: $breaks', async ({ file, find, replace }) => {
    const path = join(copy, file);
    const text = await readFile(path, 'utf8');
    expect(text.split(find)).toHaveLength(2); // the rule stands where the mutant says, once
    const broken = text.replace(find, () => replace);
    parseSource(file, broken); // it is code still: a process that cannot even load it would make a test fail, too
    await writeFile(path, broken);
    try {
      expect(await runTestsOf(file)).toBe('failed');
    } finally {
      await writeFile(path, text);
    }
  });
});
