import { type FileHandle, open } from 'node:fs/promises';
import { SourceError } from '../../errors/sourceError.ts';

const stepBytes = 65_536;
const lineFeed = 0x0a;
const recordSeparator = 0x1e;

/**
 * Makes a file end with a whole line: adds the line feed behind a line that is complete, cuts off one whose writing was broken off.
 *
 * @throws SourceError when the file ends with something that is no JSON at all: it is not ours to append to.
 */
export async function mendLastLine(path: string): Promise<void> {
  const handle = await open(path, 'a+');
  try {
    const { size } = await handle.stat();
    const end = await endOfLastLine(handle, size);
    if (end === size) return;
    const rest = Buffer.alloc(size - end);
    await handle.read(rest, 0, rest.length, end);
    const text = rest.toString('utf8', rest[0] === recordSeparator ? 1 : 0);
    if (isJson(text)) await handle.appendFile(Uint8Array.of(lineFeed));
    else if (/^([[{"]|$)/.test(text)) await handle.truncate(end);
    else throw new SourceError('SOURCE_FAILED', path, `${path} does not end like a file of JSON lines`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(stepBytes);
  for (let end = size; end > 0; end -= stepBytes) {
    const from = Math.max(0, end - stepBytes);
    const { bytesRead } = await handle.read(chunk, 0, end - from, from);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(lineFeed);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
