import { readFileSync, statSync } from 'node:fs';

const begin = '-----BEGIN';

/** True for PEM text, and for the path of a file that holds some and can be read. */
export function isPem(textOrPath: string): boolean {
  if (textOrPath.includes(begin)) return true;
  try {
    return statSync(textOrPath).isFile() && readFileSync(textOrPath, 'utf8').includes(begin);
  } catch {
    return false;
  }
}
