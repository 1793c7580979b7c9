import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const model = new URL('../../../model/', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(model, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));

/** The part of a lock file that says which version of a package is installed. */
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly dependencies?: Record<string, string> }>
  >;
}

describe('the image of the model', () => {
  const wanted: Record<string, string> = json('package.json').dependencies;
  const [lock, checkout]: Lock[] = [json('package-lock.json'), json('../package-lock.json')];
  const dockerfile = read('Dockerfile');

  it('installs what the model imports, and nothing else', () => {
    const sources = readdirSync(model)
      .filter((name) => name.endsWith('.ts'))
      .map(read)
      .join('\n');
    const imported = [...sources.matchAll(/(?:from |import\(|require\(|Url\)\()'((?:@[^/']+\/)?[^./'][^/']*)'/g)].map(
      ([, name]) => name ?? '',
    );
    const packages = new Set(imported.filter((name) => !name.startsWith('node:')));
    expect(Object.keys(wanted)).toEqual([...packages].toSorted());
  });

  it('installs the versions of the checkout', () => {
    const installed = Object.keys(wanted).map((name) => [name, checkout?.packages[`node_modules/${name}`]?.version]);
    expect(wanted).toEqual(Object.fromEntries(installed));
    expect(lock?.packages['']?.dependencies).toEqual(wanted);
    for (const [name, version] of Object.entries(wanted))
      expect(lock?.packages[`node_modules/${name}`]?.version).toBe(version);
  });

  it('runs on the Node of the checkout, pinned, as another user than root', () => {
    const { version } = checkout?.packages['node_modules/node'] ?? {};
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toEqual([`node:${version}-bookworm-slim`, `node:${version}-bookworm-slim`]);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  it('starts the server', () => {
    const [, entry = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
    expect(JSON.parse(entry)).toEqual(['node', 'server.ts', '--host', '0.0.0.0']);
    expect(readdirSync(model)).toContain('server.ts');
  });

  it('asks itself whether it is healthy with a program that runs', () => {
    const [, command = '[]'] = /CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [program, flag, script] = JSON.parse(command);
    expect([program, flag]).toEqual(['node', '-e']);
    const env = { ...process.env, SAGEMAKER_BIND_TO_PORT: '1' }; // nobody listens there
    expect(() => execFileSync(process.execPath, ['-e', script], { env })).toThrow(
      expect.objectContaining({ status: 1, stderr: Buffer.from('') }),
    );
  });
});

describe('build-and-push.sh', () => {
  const run = (env: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'swath-push-'));
    try {
      const log = join(folder, 'log');
      for (const tool of ['docker', 'aws']) {
        const said = `#!/bin/sh\necho "${tool} $*" >> "${log}"\ncase "$*" in *describe-repositories*) exit "\${NO_REPOSITORY:-0}";; esac\n`;
        writeFileSync(join(folder, tool), said);
        chmodSync(join(folder, tool), 0o755);
      }
      const stdout = execFileSync('sh', [join(model, 'build-and-push.sh')], {
        env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
        stdio: 'pipe',
      });
      return { stdout: stdout.toString(), calls: readFileSync(log, 'utf8').trim().split('\n').toSorted() };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const account = { AWS_ACCOUNT_ID: '123456789012', AWS_REGION: 'us-east-1' };
  const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/swath-model:latest';

  it('builds, signs in and pushes', () => {
    expect(run(account)).toEqual({
      stdout: `${image}\n`,
      calls: [
        'aws ecr describe-repositories --region us-east-1 --repository-names swath-model',
        'aws ecr get-login-password --region us-east-1',
        expect.stringMatching(`^docker build --platform linux/amd64 -t ${image} .*model$`),
        'docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com',
        `docker push ${image}`,
      ],
    });
  });

  it('creates the repository when there is none', () => {
    const { calls } = run({ ...account, NO_REPOSITORY: '254', ECR_REPOSITORY: 'other', IMAGE_TAG: 'v2' });
    expect(calls).toContainEqual(
      expect.stringContaining('ecr create-repository --region us-east-1 --repository-name other'),
    );
    expect(calls).toContain('docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/other:v2');
  });

  it('names the setting that is missing', () => {
    expect(() => run({ AWS_REGION: 'us-east-1' })).toThrow(/AWS_ACCOUNT_ID: set it to the 12 digits/);
  });
});
