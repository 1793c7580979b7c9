import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareFolder } from '../../../../src/cli/demo/prepareFolder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'swath-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('the folder for results', () => {
  it('is made with those above it, and may exist', async () => {
    const folder = join(root, 'a', 'b', 'c');
    await prepareFolder(folder);
    await prepareFolder(folder);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it('is refused where a file is in the way', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(prepareFolder(file)).rejects.toThrow(`--out: must be a folder to write into`);
    await expect(prepareFolder(join(file, 'below'))).rejects.toThrow('--out: must be a folder to write into');
  });

  it('is refused, not tried for ever, where the system makes none', async () => {
    await expect(prepareFolder('/proc/nope/below')).rejects.toThrow('--out: must be a folder to write into');
  });
});
