import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** Libraries as a page takes them in. */
export interface PageLibraries {
  /** In the order they need each other. */
  readonly scripts: readonly string[];
  readonly styles: string;
}

const require = createRequire(import.meta.url);

/** Builds for browsers; a package that does not export its build is asked for its entry, and the build lies beside. */
const builds = [
  ['leaflet', 'leaflet.js'],
  ['d3', '../dist/d3.min.js'],
  ['@observablehq/plot', '../dist/plot.umd.min.js'],
] as const;

/**
 * Reads the libraries that the report draws with from where they are installed.
 *
 * @throws ConfigurationError when one of them is not installed.
 */
export async function readPageLibraries(): Promise<PageLibraries> {
  const [styles, ...scripts] = await Promise.all([
    readBeside('leaflet', 'leaflet.css'),
    ...builds.map(([name, path]) => readBeside(name, path)),
  ]);
  // Its icons are for layers and markers, which the report has none of; a page without network must not ask for them.
  return { scripts, styles: (styles ?? '').replace(/url\((?!data:)[^)]*\)/g, 'none') };
}

async function readBeside(name: string, path: string): Promise<string> {
  try {
    return await readFile(join(dirname(require.resolve(name)), path), 'utf8');
  } catch (cause) {
    const rule = `is needed for the report and not installed; npm install ${name} adds it`;
    throw new ConfigurationError([{ field: `package ${name}`, rule }], { cause });
  }
}
