import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { lastValueFrom, take, tap, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { toFile } from '../../../src/sinks/toFile.ts';
import { readProgress, writeProgress } from '../../../src/sources/folder/folderProgress.ts';
import { type FromFolderOptions, fromFolder } from '../../../src/sources/fromFolder.ts';
import { ackAll } from '../../../src/testing/ackAll.ts';

const drain = new AbortController().signal;
const png = Buffer.from('89504e470d0a1a0a', 'hex');
let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'swath-folder-'));
});
afterEach(() => rm(root, { recursive: true }));

const fill = async (...names: string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(join(root, 'in', name, '..'), { recursive: true });
    await writeFile(join(root, 'in', name), png);
  }
};
const idsOf = async (options: Omit<FromFolderOptions, 'drain' | 'path'>): Promise<string[]> => {
  const tiles = fromFolder({ path: join(root, 'in'), drain, ...options }).pipe(ackAll(), toArray());
  return (await lastValueFrom(tiles)).map(({ tile }) => tile.id);
};

describe('fromFolder', () => {
  it('reads the pictures of a folder by name, subfolders too, and completes', async () => {
    await fill('b.png', 'a.JPG', 'notes.txt', 'sub/c.tif', '.hidden.png', '.git/d.png');
    const tiles = await lastValueFrom(fromFolder({ path: join(root, 'in'), drain }).pipe(ackAll(), toArray()));
    expect(tiles.map(({ tile }) => tile.id)).toEqual(['a.JPG', 'b.png', 'sub/c.tif']);
    expect(tiles[1]?.tile).toMatchObject({ payload: { bytes: png }, contentType: 'image/png', scene: 'b.png' });
    expect(tiles[1]?.origin).toEqual({ stream: 'files', partition: join(root, 'in'), position: 'b.png' });
  });

  it('reads files by their paths, whatever they are called, each once', async () => {
    await fill('x.bin', 'y.png');
    const path = [join(root, 'in', 'x.bin'), join(root, 'in/'), join(root, 'in', 'y.png')];
    const tiles = await lastValueFrom(fromFolder({ path, drain }).pipe(ackAll(), toArray()));
    expect(tiles.map(({ tile }) => tile.id)).toEqual(['x.bin', 'y.png']);
  });

  it('says which file or folder is not there', async () => {
    const path = join(root, 'nowhere');
    const run = lastValueFrom(fromFolder({ path, drain }));
    await expect(run).rejects.toThrow(`${path}: there is no such file or folder`);
  });

  it('goes on behind what an earlier run finished, and repeats what it had begun', async () => {
    await fill('1.png', '2.png', '3.png', '4.png');
    const progressFile = join(root, 'progress.json');
    const broken = fromFolder({ path: join(root, 'in'), progressFile, drain }).pipe(
      tap(({ tile }) => {
        if (tile.id === '3.png') throw new Error('crash');
      }),
      ackAll(),
    );
    await expect(lastValueFrom(broken)).rejects.toThrow('crash');
    expect(await idsOf({ progressFile })).toEqual(expect.arrayContaining(['3.png', '4.png']));
    await fill('5.png');
    expect(await idsOf({ progressFile })).toEqual(['5.png']);
  });

  it('keeps the tiles finished out of order, and forgets them where other files have their places', async () => {
    const progressFile = join(root, 'progress.json');
    const leaveSecond = async (): Promise<void> => {
      const tiles = fromFolder({ path: join(root, 'in'), progressFile, drain }).pipe(
        tap((envelope) => envelope.tile.id !== '2.png' && envelope.ack()),
        take(4),
      );
      await lastValueFrom(tiles);
    };
    await fill('1.png', '2.png', '3.png', '4.png');
    await leaveSecond();
    await expect.poll(() => readFile(progressFile, 'utf8')).toContain('"digest"');
    await fill('2b.png');
    const all = await idsOf({ progressFile });
    expect(all).toEqual(expect.arrayContaining(['2.png', '2b.png', '3.png', '4.png']));
  });

  it('waits for what an abandoned run still writes', async () => {
    const progressFile = join(root, 'progress.json');
    const writes = ['1.png', '2.png', '3.png'].map((after) =>
      writeProgress(progressFile, new Map([['in', { after, map: '', names: 0, digest: '' }]])),
    );
    expect((await readProgress(progressFile)).get('in')?.after).toBe('3.png');
    await Promise.all(writes);
  });

  it('refuses a progress file that is none', async () => {
    await fill('1.png');
    const progressFile = join(root, 'in', '1.png');
    await expect(idsOf({ progressFile })).rejects.toThrow(/^progressFile: must be a progress file that swath wrote/);
  });

  it('takes an empty file, and one beyond the limit, to the policy', async () => {
    await fill('1.png', '2.png');
    await writeFile(join(root, 'in', '0.png'), '');
    await writeFile(join(root, 'in', '3.png'), Buffer.concat([png, Buffer.alloc(100)]));
    const failed: string[] = [];
    const onNack: FromFolderOptions['onNack'] = async ({ reason, origin }) => {
      failed.push(`${origin.position} ${reason.code}`);
      return 'settled';
    };
    expect(await idsOf({ onNack, maxRecordBytes: 100 })).toEqual(['1.png', '2.png']);
    expect(failed).toEqual(['0.png RECORD_EMPTY', '3.png RECORD_TOO_LARGE']);
  });

  it('follows a folder, and says which files come too late', async () => {
    await fill('2.png');
    const warnings: string[] = [];
    const silent = (): void => {};
    const logger: DiagLogger = {
      error: silent,
      warn: (text) => void warnings.push(text),
      info: silent,
      debug: silent,
      verbose: silent,
    };
    diag.setLogger(logger, DiagLogLevel.WARN);
    const stop = new AbortController();
    const ids: string[] = [];
    const tiles = fromFolder({ path: join(root, 'in'), follow: true, drain: stop.signal }).pipe(
      ackAll(),
      tap(({ tile }) => {
        ids.push(tile.id);
        if (tile.id === '2.png') void fill('1.png').then(() => fill('3.png'));
        else stop.abort();
      }),
    );
    await lastValueFrom(tiles);
    diag.disable();
    expect(ids).toEqual(['2.png', '3.png']);
    expect(warnings.join('\n')).toContain('1.png is not read: its name sorts before one that was there already');
  });
});

describe('toFile', () => {
  const run = (options: Parameters<typeof toFile>[0]) =>
    lastValueFrom(
      fromFolder({ path: join(root, 'in'), drain }).pipe(
        mapTile('mark', async ({ id }) => ({
          features: [
            { type: 'Feature', id },
            { type: 'Feature', id: `${id}/2` },
          ],
        })),
        toFile({ ...options, lines: ({ features }: { features: unknown[] }) => features }),
      ),
      { defaultValue: undefined },
    );

  it('appends the lines of each tile, together', async () => {
    await fill('1.png', '2.png');
    const path = join(root, 'out', 'features.geojsonl');
    await run({ path });
    await run({ path });
    const ids = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(['1.png', '1.png/2', '2.png', '2.png/2', '1.png', '1.png/2', '2.png', '2.png/2']);
  });

  it('begins lines with a record separator where RFC 8142 is asked for', async () => {
    await fill('1.png');
    const path = join(root, 'features.geojsons');
    await run({ path, format: 'geojson-seq' });
    const text = await readFile(path, 'utf8');
    expect(text).toBe('\u001e{"type":"Feature","id":"1.png"}\n\u001e{"type":"Feature","id":"1.png/2"}\n');
  });

  it.each([
    ['a line that was cut short', '{"a":1}\n{"b', '{"a":1}\n'],
    ['a whole line without its end', '{"a":1}', '{"a":1}\n'],
    ['nothing', '', ''],
  ])('goes on behind %s', async (_, before, kept) => {
    await fill('1.png');
    const path = join(root, 'out.jsonl');
    await writeFile(path, before);
    await run({ path });
    const text = await readFile(path, 'utf8');
    expect(text.slice(0, kept.length)).toBe(kept);
    expect(text.slice(kept.length).split('\n')).toHaveLength(3);
  });

  it.each([
    [
      'a file of something else',
      async (path: string) => writeFile(path, 'a,b\n1,2'),
      /does not end like a file of JSON lines/,
    ],
    ['a folder', async (path: string) => mkdir(path), /cannot be written \(EISDIR\)/],
  ])('refuses %s, and leaves it as it was', async (_, make, message) => {
    await fill('1.png');
    const path = join(root, 'out');
    await make(path);
    await expect(run({ path })).rejects.toThrow(message);
  });
});
