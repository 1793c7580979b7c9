import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../support/kafka/main.ts');
const kafka = (args: string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, [main, ...args], { env, encoding: 'utf8' });

describe('npm run kafka', () => {
  it('names everything that is missing, and what to do instead', () => {
    const { status, stderr } = kafka([], { PATH: '', XDG_CACHE_HOME: '/nowhere' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/Java 17 or newer .* and Maven/);
    expect(stderr).toContain('docker compose up kafka');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['--port', 'abc'],
    ['--port', '65536'],
    ['--nodes', '3'],
  ])('refuses %s %s', (...args) => {
    const { status, stderr } = kafka(args);
    expect(status).toBe(2);
    expect(stderr).toContain(args[0]);
    expect(stderr).not.toContain('    at ');
  });

  it('shows its options', () => {
    const { status, stdout } = kafka(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('--port PORT');
  });
});
