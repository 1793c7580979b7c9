import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes a file for `swath run` in `folder` of a pipeline that a fixture exports by its name, and answers its path. */
export async function pipelineFile(folder: string, fixture: string): Promise<string> {
  const path = join(folder, `${fixture}.ts`);
  const from = join(import.meta.dirname, `fixtures/${fixture}.ts`);
  await writeFile(path, `export { ${fixture} as default } from ${JSON.stringify(from)};\n`);
  return path;
}
