import { closeSync, constants, openSync, readSync } from 'node:fs';
import { ConfigurationError } from '../errors/configurationError.ts';

/** How long a pipe is waited for, in milliseconds. */
export interface PipeLimits {
  /** Until somebody opens it to write. */
  readonly writerMs: number;
  /** Until more is written, or it is closed: who writes may ask for a password first. */
  readonly idleMs: number;
}

const lookAgainMs = 20;
const usual: PipeLimits = { writerMs: 5_000, idleMs: 60_000 };

/**
 * Reads a named pipe, or one that a shell makes of `<(command)`, to its end.
 *
 * Opened in the usual way it would hold up the process until somebody writes, for ever and past every Ctrl-C.
 *
 * @throws ConfigurationError when nobody writes; else what the system answered.
 */
export function readPipe(file: string, { writerMs, idleMs }: PipeLimits = usual): string {
  const pipe = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(65_536);
    const chunks: Buffer[] = [];
    let written = false; // by somebody who has opened it, if only nothing so far
    for (let waitedMs = 0; ; ) {
      const count = readNow(pipe, buffer);
      if (count === 0 && written) return Buffer.concat(chunks).toString('utf8');
      written ||= count !== 0;
      if (count !== undefined && count > 0) {
        chunks.push(Buffer.from(buffer.subarray(0, count)));
        waitedMs = 0;
        continue;
      }
      const limitMs = written ? idleMs : writerMs;
      if (waitedMs >= limitMs) {
        const fault = written ? 'was neither written to nor closed' : 'nobody wrote to';
        throw new ConfigurationError([{ field: file, rule: `is a pipe that ${fault} for ${limitMs / 1000} s` }]);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookAgainMs);
      waitedMs += lookAgainMs;
    }
  } finally {
    closeSync(pipe);
  }
}

/** Answers the bytes read, 0 where nobody has it open to write, or `undefined` where somebody has, and there is nothing yet. */
function readNow(pipe: number, buffer: Buffer): number | undefined {
  try {
    return readSync(pipe, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}
