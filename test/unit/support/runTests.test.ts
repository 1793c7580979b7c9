import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeReport } from '../../mutants/judgeReport.ts';
import { runTests } from '../../mutants/runTests.ts';

const test = `import { expect, it } from 'vitest';
import { rule } from './rule.ts';
it('holds', () => expect(rule(1)).toBe(2));
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-run-'));
  await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  await writeFile(join(folder, 'rule.test.ts'), test);
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['that holds', 'export const rule = (a: number) => a + 1;', /^passed$/],
  ['that is broken', 'export const rule = (a: number) => a - 1;', /^failed$/],
  ['that throws when it is asked', 'export const rule = (a: number) => a.gone.at;', /^failed$/],
  [
    'that cannot be parsed',
    'export const rule = (a: number) => a + ;',
    /^unknown: .*rule\.test\.ts could not be loaded$/,
  ],
  ['that throws when it is loaded', 'export const rule = gone;', /^unknown: .*rule\.test\.ts could not be loaded$/],
])('tells what tests make of a rule %s', async (_, source, verdict) => {
  await writeFile(join(folder, 'rule.ts'), source);
  expect(await runTests(folder, ['--root', folder])).toMatch(verdict);
});

it('takes a test that failed for what it is, whatever could not be loaded once it had ended the run', () => {
  const cancelled = { name: 'other.test.ts', status: 'failed', assertionResults: [] };
  expect(judgeReport({ numPassedTests: 3, numFailedTests: 1, testResults: [cancelled] }, 1)).toBe('failed');
  expect(judgeReport({ numPassedTests: 3, testResults: [cancelled] }, 1)).toBe(
    'unknown: other.test.ts could not be loaded',
  );
});

it('knows nothing of a run without tests, nor of one that ended without a failed test', () => {
  expect(judgeReport({}, 0)).toBe('unknown: no test ran');
  expect(judgeReport({ numPassedTests: 3 }, 1)).toBe('unknown: no test failed, and the status is 1');
});
