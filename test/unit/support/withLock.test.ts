import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../support/kafka/withLock.ts';

describe('withLock', () => {
  let folder = '';
  let lock = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swath-lock-'));
    lock = join(folder, 'jars.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await turn();
      inside--;
    };
    await Promise.all([1, 2, 3, 4].map(() => withLock(lock, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is free again after work that failed', async () => {
    const failing = withLock(lock, () => Promise.reject(new Error('no network')));
    await expect(failing).rejects.toThrow('no network');
    expect(existsSync(lock)).toBe(false);
  });

  it('breaks the lock of a process that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(pid));
    expect(await withLock(lock, async () => 'fetched')).toBe('fetched');
  });

  it('stops waiting when it is told to', async () => {
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(process.pid));
    const waiting = withLock(lock, async () => 'fetched', AbortSignal.abort());
    await expect(waiting).rejects.toThrow('aborted');
    expect(await readdir(folder)).toEqual(['jars.lock']);
  });
});
