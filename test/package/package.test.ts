import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { copyFile, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededClient } from '../../src/kafka/neededClient.ts';
import { packageOf } from '../support/architecture/packages.ts';
import { parseSource } from '../support/architecture/parseSource.ts';
import { installSwath } from '../support/package/installSwath.ts';
import { packSwath } from '../support/package/packSwath.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
let folder = '';
let project = '';
let installed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-package-'));
  project = join(folder, 'project');
  installed = await installSwath(await packSwath(folder), project, ['@types/node']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the installed command as a shell would, with the Node that runs the tests. */
const swath = (...args: string[]): Promise<{ stdout: string }> => {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path, AWS_REGION: 'us-east-1' };
  return run(join(project, 'node_modules/.bin/swath'), args, { cwd: project, env });
};

describe('the packed package', () => {
  it('holds what is built, and none of the sources', () => {
    const files = globSync('**/*', { cwd: installed, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1)).sort();
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/src/index.js', 'dist/src/index.d.ts']));
    expect(paths.filter((path) => /(?<!\.d)\.ts$|\.test\.|^(src|test|model)\//.test(path))).toEqual([]);
  });

  it('declares every package that it imports', async () => {
    const { dependencies, optionalDependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    const declared = Object.keys({ ...dependencies, ...optionalDependencies });
    const undeclared: string[] = [];
    for (const file of globSync('dist/**/*.{js,d.ts}', { cwd: installed })) {
      const { imports } = parseSource(file, await readFile(join(installed, file), 'utf8'));
      for (const { specifier } of imports) {
        if (specifier.startsWith('.') || isBuiltin(specifier)) continue;
        const name = packageOf(specifier);
        if (!declared.includes(name) && !declared.includes(`@types/${name}`)) undeclared.push(`${file}: ${specifier}`);
      }
    }
    expect(undeclared).toEqual([]);
  });

  it('has every file that its files import', async () => {
    const missing: string[] = [];
    for (const file of globSync('dist/**/*.js', { cwd: installed })) {
      const { imports } = parseSource(file, await readFile(join(installed, file), 'utf8'));
      for (const { specifier } of imports.filter((found) => found.specifier.startsWith('.'))) {
        if (!existsSync(join(installed, dirname(file), specifier))) missing.push(`${file}: ${specifier}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

describe('an empty project', () => {
  it('type-checks a pipeline under the strictest settings, and runs it', async () => {
    await copyFile(join(root, 'test/package/consumer.ts'), join(project, 'consumer.ts'));
    const compilerOptions = {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const types = await run(process.execPath, [tsc, '-p', project]).catch(({ stdout }) => ({ stdout }));
    expect(types.stdout).toBe('');
    const { stdout } = await run(process.execPath, ['consumer.ts'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual({ reason: 'completed', written: [2, 4, 6], committed: '2' });
  });

  it('has the command, with help', async () => {
    const { stdout } = await swath('--help');
    for (const command of ['demo', 'run', 'publish', 'local', 'detect']) expect(stdout).toContain(command);
  });

  it('has the shipped pipelines, by their names', async () => {
    const config = join(installed, 'dist/pipelines/kafka-infer.yaml');
    const { stdout } = await swath('run', 'kafka-infer', '--config', config, '--check', '--json');
    expect(JSON.parse(stdout)).toEqual({ pipeline: 'kafka-infer', ok: true });
  });

  it('says which Kafka client it needs where another is installed, or one that was changed', async () => {
    const link = join(project, 'node_modules/kafkajs');
    const config = join(installed, 'dist/pipelines/kafka-infer.yaml');
    const infer = (): Promise<unknown> =>
      swath('run', 'kafka-infer', '--config', config, '--until-idle', '1').catch((error: unknown) => error);
    const withClient = async (change: (copy: string) => Promise<void>): Promise<unknown> => {
      await rm(link, { recursive: true });
      await cp(join(root, 'node_modules/kafkajs'), link, { recursive: true });
      await change(link);
      return infer();
    };
    try {
      const other = await withClient(async (copy) => {
        const manifest = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
        await writeFile(join(copy, 'package.json'), JSON.stringify({ ...manifest, version: '2.3.0' }));
      });
      expect(other).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^.*CLIENT_VERSION: swath needs kafkajs 2\.2\.4, and found 2\.3\.0 in .*kafkajs$/m,
        ),
      });
      expect(String(Reflect.get(Object(other), 'stderr'))).not.toMatch(/^ +at /m);
      const changed = await withClient(async (copy) => {
        const path = join(copy, 'src/consumer/consumerGroup.js');
        await writeFile(path, (await readFile(path, 'utf8')).replace('async heartbeat(', 'async beat('));
      });
      expect(changed).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/consumerGroup\.js has no prototype\.heartbeat/),
      });
    } finally {
      await rm(link, { recursive: true });
      await symlink(join(root, 'node_modules/kafkajs'), link);
    }
  });

  it('asks for the version of the Kafka client that it mends, and no other', async () => {
    const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    expect(dependencies.kafkajs).toBe(neededClient.version);
  });

  it('runs the demo, with every file that it needs', async () => {
    const { stdout } = await swath('demo', '--out', 'out', '--tile-size', '512', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ tiles: { deadLettered: 0 } });
    const made = ['detections.geojson', 'index.html', 'overlay.png', 'summary.json', 'traces.jsonl'];
    expect((await readdir(join(project, 'out'))).sort()).toEqual(made);
    expect(JSON.parse(await readFile(join(project, 'out/summary.json'), 'utf8')).detections).toBeGreaterThan(0);
  });
});
