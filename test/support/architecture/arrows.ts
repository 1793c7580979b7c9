import { posix } from 'node:path';
import type { Source } from './parseSource.ts';

// From the folder that knows nothing to the one that knows all; those of one line do not know each other.
const order = [
  ['errors'],
  ['imagery'],
  ['tile'],
  ['ports'],
  ['records'],
  ['config'],
  ['telemetry'],
  ['operators'],
  ['kafka', 'aws'],
  ['sources'],
  ['sinks'],
  ['pipeline'],
  ['detector'],
];
const everythingAbove = new Map<string, readonly string[]>(
  order.flatMap((names, i) => names.map((name) => [name, [...order.slice(0, i).flat(), name]] as const)),
);
const library = order.flat();

/** The folders of `src` that a place of the repository may import from; `entry` is `src/index.ts`. */
const allowed = (place: string): readonly string[] | undefined => {
  if (place === 'imagery') return ['imagery', 'errors'];
  if (place === 'local') return ['local', 'ports', 'tile', 'errors'];
  if (place === 'testing') return [...library, 'testing', 'entry'];
  if (place === 'cli') return [...library, 'entry', 'local', 'cli', 'model', 'pipelines'];
  if (place === 'entry') return [...library, 'entry'];
  if (place === 'pipelines') return ['entry', 'pipelines'];
  if (place === 'model') return ['model'];
  return everythingAbove.get(place);
};

/** Names the place that a file belongs to: a folder of `src`, `entry`, `pipelines` or `model`. */
export function placeOf(path: string): string {
  const [top = '', second = '', ...rest] = path.split('/');
  if (top !== 'src') return top;
  if (second === 'testing.ts') return 'testing';
  return rest.length > 0 ? second : 'entry';
}

/** Lists the imports between our files that point where they must not. */
export function wrongArrows(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const place = placeOf(path);
    const targets = allowed(place);
    if (!targets) return [`${path}: ${place} has no place in the layout`];
    return imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier, line }) => ({ line, to: posix.join(posix.dirname(path), specifier) }))
      .filter(({ to }) => !targets.includes(placeOf(to)))
      .map(({ line, to }) => `${path}:${line} imports ${to}`);
  });
}
