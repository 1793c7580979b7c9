import type { OutputName } from './outputName.ts';

/**
 * How an endpoint turns the name of a job into the place of its outcome: its own path before, perhaps something within and after
 * the file's name (failures are called `x-error.out`).
 */
export interface OutcomePath {
  readonly before: string;
  readonly within: string;
  readonly after: string;
}

/** Says where the outcome of a job lies. */
export function outcomeUri({ before, within, after }: OutcomePath, name: OutputName): string {
  const { stem, ending } = split(name);
  return `${before}${stem}${within}${ending}${after}`;
}

/** Learns the rule from one answer; `undefined` when the endpoint did not use the name that was asked for. */
export function learnOutcomePath(uri: string, name: OutputName): OutcomePath | undefined {
  const { stem, ending } = split(name);
  const at = uri.lastIndexOf(stem);
  if (at < 0 || uri[at - 1] !== '/') return undefined;
  const rest = uri.slice(at + stem.length);
  const endingAt = ending === '' ? rest.length : rest.lastIndexOf(ending);
  if (endingAt < 0) return undefined;
  return { before: uri.slice(0, at), within: rest.slice(0, endingAt), after: rest.slice(endingAt + ending.length) };
}

function split({ extension, filename }: OutputName): { stem: string; ending: string } {
  const dot = filename.lastIndexOf('.');
  const folder = extension === undefined ? '' : `${extension}/`;
  if (dot < 0) return { stem: `${folder}${filename}`, ending: '' };
  return { stem: `${folder}${filename.slice(0, dot)}`, ending: filename.slice(dot) };
}
