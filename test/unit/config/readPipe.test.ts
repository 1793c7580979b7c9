import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/config/readConfigFile.ts';
import { readPipe } from '../../../src/config/readPipe.ts';

describe('readPipe', () => {
  let folder: string;
  let pipe: string;
  let writer: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swath-pipe-'));
    pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
  });
  afterEach(() => {
    writer?.kill();
    rmSync(folder, { recursive: true });
  });
  /** Writes from another process: reading holds up this one. */
  const write = (script: string): void => {
    writer = spawn('sh', ['-c', script, pipe], { stdio: 'ignore' });
  };

  it('reads options that somebody writes later, and slowly', () => {
    write('sleep 0.2; { printf "kafka: "; sleep 0.2; printf "{ clientId: ours }"; } > "$0"');
    expect(readConfigFile(pipe)).toEqual({ kafka: { clientId: 'ours' } });
  });

  it('reads more than a pipe holds at once', () => {
    write('head -c 300000 /dev/zero | tr "\\0" x > "$0"');
    expect(readPipe(pipe)).toBe('x'.repeat(300_000));
  });

  it('takes a pipe that is closed without a word for an empty file', () => {
    write('exec 3> "$0"; sleep 1.5');
    expect(readConfigFile(pipe)).toEqual({});
  });

  it('says that nobody writes', () => {
    expect(() => readPipe(pipe, { writerMs: 100, idleMs: 60_000 })).toThrow('is a pipe that nobody wrote to for 0.1 s');
  });

  it('says that who opened it does not write', () => {
    write('exec 3> "$0"; exec sleep 60');
    const rule = 'is a pipe that was neither written to nor closed for 0.1 s';
    expect(() => readPipe(pipe, { writerMs: 20_000, idleMs: 100 })).toThrow(rule);
  });
});
