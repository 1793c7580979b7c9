import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { coerceText } from './coerceText.ts';
import { findMisplaced } from './findMisplaced.ts';
import { type Options, overlay } from './overlay.ts';
import { childOf, isOpen, optionNames, type SchemaNode } from './schemaNode.ts';
import { unknownOption } from './unknownOption.ts';

const PREFIX = 'SWATH_';
const SEPARATOR = '__';

/**
 * Lays variables like `SWATH_SOURCE__MAX_IN_FLIGHT` over the options: `__` stands for the dot, and neither case nor single
 * underscores matter in a name (`MAXINFLIGHT` is `maxInFlight`, too). An empty variable counts as not set.
 *
 * A variable with `__` must name an option. One without may be somebody else's (Kubernetes sets `SWATH_PORT` for a service
 * called swath), so it is ignored when it names none. Changes `target`, adds to `problems`.
 *
 * @param section - Looks at the variables of this section alone.
 */
export function overlayEnvironment(
  target: Options,
  env: NodeJS.ProcessEnv,
  root: SchemaNode,
  problems: ConfigurationProblem[],
  section?: string,
): void {
  const names = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && name.length > PREFIX.length && env[name] !== '',
  );
  // A whole section comes before the options inside it.
  const depth = (name: string): number => name.split(SEPARATOR).length;
  for (const name of names.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))) {
    const segments = name.slice(PREFIX.length).split(SEPARATOR);
    if (section !== undefined && plain(segments[0] ?? '') !== plain(section)) continue;
    const found = findOption(segments, root);
    if ('segment' in found) {
      if (segments.length > 1) problems.push(unknownOption(name, found.segment, found.known.map(asVariable)));
      continue;
    }
    const misplaced = findMisplaced(target, found.path, root);
    if (misplaced !== undefined) problems.push(misplaced);
    overlay(target, found.path, coerceText(env[name] ?? '', found.node));
  }
}

type Found =
  | { readonly path: readonly string[]; readonly node: SchemaNode }
  | { readonly segment: string; readonly known: readonly string[] };

function findOption(segments: readonly string[], root: SchemaNode): Found {
  const path: string[] = [];
  let node = root;
  for (const segment of segments) {
    const known = optionNames(node);
    const name =
      known.find((option) => plain(option) === plain(segment)) ?? (isOpen(node) ? segment.toLowerCase() : undefined);
    const child = name === undefined ? undefined : childOf(node, name);
    if (name === undefined || child === undefined) return { segment, known };
    path.push(name);
    node = child;
  }
  return { path, node };
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function asVariable(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
