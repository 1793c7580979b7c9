import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileWriter } from '../../../src/sinks/file/fileWriter.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-writer-'));
});
afterEach(() => rm(folder, { recursive: true }));

const refusal = (path: string, code: string) => ({
  name: 'SourceError',
  code: 'SOURCE_FAILED',
  stream: path,
  message: `${path} cannot be written (${code})`,
});

describe('a file that is opened before it is written', () => {
  it('has its folders made, and is not made itself', async () => {
    const path = join(folder, 'a', 'b', 'out.jsonl');
    await fileWriter(path).open?.();
    expect(await readdir(join(folder, 'a', 'b'))).toEqual([]);
  });

  it('that is there keeps what is in it', async () => {
    const path = join(folder, 'out.jsonl');
    await writeFile(path, 'a line\n');
    await fileWriter(path).open?.();
    expect(await readFile(path, 'utf8')).toBe('a line\n');
  });

  it('is refused where its path is a folder', async () => {
    await expect(fileWriter(folder).open?.()).rejects.toMatchObject(refusal(folder, 'EISDIR'));
  });

  it('is refused where one of the folders above it is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const path of [join(folder, 'file', 'out.jsonl'), join(folder, 'file', 'deeper', 'out.jsonl')]) {
      await expect(fileWriter(path).open?.()).rejects.toMatchObject(refusal(path, 'ENOTDIR'));
    }
  });

  it('is refused where no folder can be made', async () => {
    const path = '/proc/no/such/out.jsonl';
    await expect(fileWriter(path).open?.()).rejects.toMatchObject({
      ...refusal(path, ''),
      message: expect.stringMatching(
        /^\/proc\/no\/such\/out\.jsonl cannot be written \((ENOENT|EACCES|EROFS|EPERM)\)$/,
      ),
    });
  });

  it('is refused where it may not be written', async () => {
    const path = join(folder, 'closed', 'out.jsonl');
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'closed'), { mode: 0o555 });
    const refused = `SourceError: ${path} cannot be written (EACCES)`;
    expect(openAsNobody(path)).toBe(refused);
    await chmod(join(folder, 'closed'), 0o755);
    await writeFile(path, '', { mode: 0o444 });
    expect(openAsNobody(path)).toBe(refused);
    await chmod(path, 0o666);
    expect(openAsNobody(path)).toBe('open');
  });
});

/** In a process of its own: whoever may do everything is refused nothing. */
function openAsNobody(path: string): string {
  return execFileSync(process.execPath, [join(import.meta.dirname, 'openAsNobody.ts'), path], { encoding: 'utf8' });
}
