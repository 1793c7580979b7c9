import type { Source } from './parseSource.ts';

/** The names that an entry point exports. */
export interface Surface {
  readonly values: string[];
  readonly types: string[];
}

/** Collects the public names of the entry points that exist: `src/index.ts` is `swath`, `src/testing.ts` `swath/testing`. */
export function surfaceOf(sources: readonly Source[]): Record<string, Surface> {
  const entries = { swath: 'src/index.ts', 'swath/testing': 'src/testing.ts' };
  const surface: Record<string, Surface> = {};
  for (const [name, path] of Object.entries(entries)) {
    const exports = sources.find((source) => source.path === path)?.exports;
    if (!exports) continue;
    const namesOf = (isType: boolean): string[] =>
      exports
        .filter((e) => e.isType === isType)
        .map((e) => e.name)
        .sort();
    surface[name] = { values: namesOf(false), types: namesOf(true) };
  }
  return surface;
}
