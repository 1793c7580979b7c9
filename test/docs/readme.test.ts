import { execFile } from 'node:child_process';
import { access, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installSwath } from '../support/package/installSwath.ts';
import { packSwath } from '../support/package/packSwath.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
const inLanguage = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ code }) => code);
let folder: string;
let project: string;

/** Runs a program of the empty project, as a user would, on the Node that runs the tests. */
const inProject = (args: readonly string[]) =>
  run(process.execPath, args, { cwd: project, env: { ...process.env, AWS_REGION: 'us-east-1' } });
const bin = (name: string) => join(project, 'node_modules/.bin', name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-readme-'));
  project = join(folder, 'project');
  await mkdir(project);
  await installSwath(await packSwath(folder), project, ['rxjs', 'zod', '@types/node', 'typescript', 'undici-types']);
  for (const code of [...inLanguage('ts'), ...inLanguage('yaml')]) {
    const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(code) ?? [];
    if (name === undefined) throw new Error(`a block does not begin with its file name: ${code}`);
    await writeFile(join(project, name), code);
  }
  for await (const page of glob('docs/*.md', { cwd: root })) {
    const whole = [...(await readFile(join(root, page), 'utf8')).matchAll(/^```ts\n(import .*?)^```$/gms)];
    for (const [i, [, code = '']] of whole.entries()) await writeFile(join(project, `${basename(page)}-${i}.ts`), code);
  }
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('README', () => {
  it('and the pages of docs have code that compiles in an empty project, under every strict flag', async () => {
    const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
    const { rootDir: _, outDir: __, ...strict } = compilerOptions;
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: strict, include: ['*.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await access(join(project, 'records.md-0.ts'));
    await expect(inProject([tsc, '-p', '.'])).resolves.toMatchObject({ stdout: '' });
  });

  it('has a pipeline and a configuration that fit each other', async () => {
    const [command = ''] = inLanguage('sh').filter((code) => code.includes('swath run'));
    const args = command.trim().split(' ').slice(2);
    const { stderr } = await inProject([bin('swath'), ...args, '--check']);
    expect(stderr).not.toContain('Error');
    await writeFile(join(project, 'config.yaml'), 'endpoint: { name: detector }\n');
    const refused = await inProject([bin('swath'), ...args, '--check']).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('endpoint.inputBucket') });
  });

  it('has an example that runs and prints what it says', async () => {
    const { stdout } = await inProject(['own-stage.ts']);
    expect(stdout).toBe('LISBON\nLIMA\ncommitted up to 1\n');
  });

  it('names commands and scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const commands = inLanguage('sh').flatMap((code) => code.trim().split(/ && |\n/));
    for (const command of commands) {
      const [program, verb = ''] = command.split(' ');
      if (program === 'npm' && verb !== 'ci') expect(Object.keys(scripts)).toContain(verb);
      else expect(['npm ci', 'npx swath']).toContain(`${program} ${verb}`);
    }
    expect(commands).toHaveLength(5);
  });

  it('links to files that exist', async () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(8);
    for (const target of links) await expect(access(join(root, target)).then(() => target)).resolves.toBe(target);
  });
});
