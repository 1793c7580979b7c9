import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceError } from '../../errors/sourceError.ts';
import { SwathError } from '../../errors/swathError.ts';
import { WriteError } from '../../errors/writeError.ts';
import type { RecordWriter } from '../../ports/recordWriter.ts';
import { checkWritable } from './checkWritable.ts';
import { makeFolder } from './makeFolder.ts';
import { mendLastLine } from './mendLastLine.ts';

interface Line {
  readonly text: Uint8Array;
  readonly written: () => void;
  readonly failed: (error: Error) => void;
}

/** Errors that may pass: no space, quota, too many open files, a disk that stutters. */
const passing = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EAGAIN', 'EINTR'];
const lineFeed = Uint8Array.of(0x0a);

/**
 * Appends each record's value to a file as a line, an empty one as nothing. Keys and headers are not written: a file has no place for them.
 *
 * A write resolves after the line is on the disk (`fdatasync`), so that it outlives a power cut; lines that come meanwhile share the
 * next sync. A line that was cut short by a crash is removed when the file is opened, since its write never resolved.
 */
export function fileWriter(path: string): RecordWriter {
  let waiting: Line[] = [];
  let opening: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        opening ??= openToAppend(path);
        await append(await opening, batch);
        for (const { written } of batch) written();
      } catch (error) {
        // What was written of the batch is found and mended by opening anew.
        const handle = await opening?.catch(() => undefined);
        await handle?.close().catch(() => undefined);
        opening = undefined;
        for (const { failed } of batch) failed(toWriteError(path, error));
      }
    }
    running = undefined;
  };

  return {
    system: 'file',
    stream: path,
    async open() {
      try {
        await checkWritable(path);
      } catch (error) {
        throw toWriteError(path, error);
      }
    },
    write({ value }) {
      if (closing !== undefined) return Promise.reject(new WriteError('WRITE_FAILED', path, `${path} is closed`));
      return new Promise((written, failed) => {
        waiting.push({ text: value ?? new Uint8Array(), written, failed });
        running ??= Promise.resolve().then(run);
      });
    },
    close() {
      closing ??= (async () => {
        await running;
        await (await opening)?.close();
      })();
      return closing;
    },
  };
}

async function openToAppend(path: string): Promise<FileHandle> {
  await makeFolder(dirname(path));
  await mendLastLine(path);
  const handle = await open(path, 'a');
  const folder = await open(dirname(path), 'r'); // the file's name must outlive a power cut, too
  await folder.sync().finally(() => folder.close());
  return handle;
}

async function append(handle: FileHandle, batch: readonly Line[]): Promise<void> {
  const bytes = Buffer.concat(batch.flatMap(({ text }) => (text.length > 0 ? [text, lineFeed] : [])));
  if (bytes.length === 0) return;
  await handle.appendFile(bytes);
  await handle.datasync();
}

function toWriteError(path: string, cause: unknown): Error {
  if (cause instanceof SwathError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const message = `${path} cannot be written (${code})`;
  if (passing.includes(code)) return new WriteError('WRITE_FAILED', path, message, { cause });
  return new SourceError('SOURCE_FAILED', path, message, { cause });
}
