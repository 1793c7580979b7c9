import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import { checkConfig } from '../../config/checkConfig.ts';
import { type FolderSourceOptions, folderSourceOptions } from '../../config/folderSourceOptions.ts';
import { SourceError } from '../../errors/sourceError.ts';
import type { Commit, ReaderEvents, RecordBatch, RecordReader } from '../../ports/recordReader.ts';
import { fileRecord } from '../../records/fileRecord.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';
import { FolderCursor } from './folderCursor.ts';
import { type FolderProgress, readProgress, writeProgress } from './folderProgress.ts';
import { listFiles } from './listFiles.ts';

/** Parts of a {@link folderReader} that are not configuration. */
export interface FolderReaderParts {
  /** Time between two looks for new files, in milliseconds; default 1000. */
  readonly pollMs?: number | undefined;
  /** Most bytes that are read of a file, default no limit. */
  readonly maxBytes?: number | undefined;
}

const epoch = 1;

/**
 * Reads pictures in folders: a folder is a partition, the position is the file's name, the order is that of the names.
 *
 * Progress is kept only where `progressFile` says so; it is meant for one process at a time.
 *
 * @throws ConfigurationError when an option breaks its rule; when reading, also for what does not exist.
 */
export function folderReader(options: FolderSourceOptions, parts: FolderReaderParts = {}): RecordReader<StreamRecord> {
  return new FolderReader(checkConfig(folderSourceOptions, options), parts);
}

class FolderReader implements RecordReader<StreamRecord> {
  readonly system = 'file';
  readonly stream = 'files';
  readonly #paths: readonly string[];
  readonly #progressFile: string | undefined;
  readonly #follow: boolean;
  readonly #pollMs: number;
  readonly #maxBytes: number;
  readonly #cursors = new Map<string, FolderCursor>();
  #progress = new Map<string, FolderProgress>();
  readonly #late = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(
    { path, progressFile, follow }: { path: string | string[]; progressFile?: string | undefined; follow: boolean },
    { pollMs = 1000, maxBytes = Number.MAX_SAFE_INTEGER }: FolderReaderParts,
  ) {
    this.#paths = typeof path === 'string' ? [path] : path;
    this.#progressFile = progressFile;
    this.#follow = follow;
    this.#pollMs = pollMs;
    this.#maxBytes = maxBytes;
  }

  async *read(events: ReaderEvents, signal: AbortSignal): AsyncGenerator<RecordBatch<StreamRecord>> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    let caughtUp = false;
    events.caughtUp(caughtUp);
    if (this.#progressFile !== undefined) this.#progress = await readProgress(this.#progressFile);
    for (const [folder, names] of await listFiles(this.#paths)) {
      const cursor = new FolderCursor(folder, names, this.#progress.get(folder));
      this.#cursors.set(folder, cursor);
      events.assigned({ partition: folder, epoch, progress: cursor.progress });
    }
    while (!signal.aborted) {
      const cursors = [...this.#cursors.values()];
      const cursor = cursors.find(({ paused, hasMore }) => !paused && hasMore);
      if (cursor !== undefined) {
        const batch = await this.#readNext(cursor);
        if (batch !== undefined) yield batch;
        continue;
      }
      const isDone = !cursors.some(({ hasMore }) => hasMore);
      if (!this.#follow && isDone) break;
      if (isDone && !caughtUp) {
        caughtUp = true;
        events.caughtUp(true);
      }
      await this.#pause();
      if (this.#follow && !signal.aborted) await this.#lookForMore();
    }
  }

  pause(partition: string): void {
    const cursor = this.#cursors.get(partition);
    if (cursor !== undefined) cursor.paused = true;
  }

  resume(partition: string): void {
    const cursor = this.#cursors.get(partition);
    if (cursor !== undefined) cursor.paused = false;
    this.#wake();
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    if (this.#closed || this.#progressFile === undefined) return;
    const file = this.#progressFile;
    for (const commit of commits) {
      const cursor = this.#cursors.get(commit.partition);
      if (cursor === undefined || commit.epoch !== epoch) continue;
      this.#progress.set(commit.partition, cursor.progressAt(commit));
    }
    const folders = new Map(this.#progress);
    const writing = this.#writing.then(() => writeProgress(file, folders));
    this.#writing = writing.catch(() => undefined); // told to whoever commits
    await writing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#writing;
  }

  /** Reads one file; a file that is gone by now is no tile. */
  async #readNext(cursor: FolderCursor): Promise<RecordBatch<StreamRecord> | undefined> {
    const taken = cursor.take();
    if (taken === undefined) return undefined;
    const { name, slot } = taken;
    const { folder } = cursor;
    const file = await readUpTo(join(folder, name), this.#maxBytes);
    if (file === undefined) {
      cursor.dropLast();
      diag.warn(`${join(folder, name)} is gone, it is left out`);
      return undefined;
    }
    const { bytes, modifiedMs } = file;
    const value = { ...fileRecord({ name, folder, modifiedMs, bytes }), timestampMs: modifiedMs };
    return { partition: folder, epoch, records: [{ position: name, slot, bytes: bytes.length, value }] };
  }

  async #lookForMore(): Promise<void> {
    for (const [folder, names] of await listFiles(this.#paths)) {
      for (const name of this.#cursors.get(folder)?.add(names) ?? []) {
        const path = join(folder, name);
        if (!this.#late.has(path)) diag.warn(`${path} is not read: its name sorts before one that was there already`);
        this.#late.add(path);
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Reads a file, of one that is larger than the limit one byte more than that; undefined where there is none. */
async function readUpTo(
  path: string,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly modifiedMs: number } | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size, mtimeMs } = await handle.stat();
      if (size <= maxBytes) return { bytes: await handle.readFile(), modifiedMs: mtimeMs };
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      return { bytes: buffer.subarray(0, bytesRead), modifiedMs: mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new SourceError('SOURCE_FAILED', 'files', `${path} cannot be read (${String(code ?? cause)})`, { cause });
  }
}
