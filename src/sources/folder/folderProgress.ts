import { hash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** How far a folder is finished. */
export interface FolderProgress {
  /** Name up to which all is finished; null while the first file is not. */
  readonly after: string | null;
  /** Finished files above, as the commit encodes them. */
  readonly map: string;
  /** How many files behind `after` the map may speak of, and a digest of their names: other files, and it means nothing. */
  readonly names: number;
  readonly digest: string;
}

const format = 'swath folder progress 1';

/** What is under way by file. A run that was abandoned may still be writing when the next begins. */
const underWay = new Map<string, Promise<unknown>>();

/** Makes what a map may rely on: a digest of names. */
export function digestOf(names: readonly string[]): string {
  return hash('sha256', names.join('\n'), 'base64url').slice(0, 22);
}

/**
 * Reads progress by folder; empty where there is no file yet.
 *
 * @throws ConfigurationError when the file holds something else.
 */
export function readProgress(file: string): Promise<Map<string, FolderProgress>> {
  return inTurn(file, () => readFolders(file));
}

/** Replaces the file as a whole: whoever reads it sees the old or the new, also after a power cut. */
export function writeProgress(file: string, folders: ReadonlyMap<string, FolderProgress>): Promise<void> {
  return inTurn(file, () => replaceFile(file, folders));
}

/** Does one thing with a file after the other, whichever reader of this process asks. */
function inTurn<R>(file: string, task: () => Promise<R>): Promise<R> {
  const path = resolve(file);
  const turn = (underWay.get(path) ?? Promise.resolve()).then(task);
  const ended: Promise<unknown> = turn
    .catch(() => undefined) // told to whoever asked
    .finally(() => underWay.get(path) === ended && underWay.delete(path));
  underWay.set(path, ended);
  return turn;
}

async function readFolders(file: string): Promise<Map<string, FolderProgress>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    throw unusable(file, cause);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (isProgress(parsed)) return new Map(Object.entries(parsed.folders));
  } catch (cause) {
    throw unusable(file, cause);
  }
  throw unusable(file);
}

async function replaceFile(file: string, folders: ReadonlyMap<string, FolderProgress>): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w');
  try {
    await handle.writeFile(`${JSON.stringify({ format, folders: Object.fromEntries(folders) }, undefined, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolder(dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function isProgress(value: unknown): value is { folders: Record<string, FolderProgress> } {
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== format) return false;
  return 'folders' in value && typeof value.folders === 'object' && value.folders !== null;
}

function unusable(file: string, cause?: unknown): ConfigurationError {
  const rule = 'must be a progress file that swath wrote, or not be there';
  return new ConfigurationError([{ field: 'progressFile', rule, value: file }], { cause });
}
