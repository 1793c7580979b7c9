import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs `use` with a file of this text, which is removed afterwards. */
export function withFile<T>(text: string, use: (file: string) => T, name = 'swath.yaml'): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'swath-config-'));
  try {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
