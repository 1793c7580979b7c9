import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { coerceText } from './coerceText.ts';
import { findMisplaced } from './findMisplaced.ts';
import { type Options, overlay } from './overlay.ts';
import { alternatives, childOf, optionNames, type SchemaNode } from './schemaNode.ts';
import { unknownOption } from './unknownOption.ts';

/**
 * Lays `path=value` settings of the command line over the options; of two for one path the later wins.
 *
 * Changes `target`, adds to `problems`.
 */
export function overlaySettings(
  target: Options,
  settings: readonly string[],
  root: SchemaNode,
  problems: ConfigurationProblem[],
): void {
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const path = setting.slice(0, Math.max(equals, 0)).split('.');
    if (equals < 1 || path.includes('')) {
      // What stands behind the equals sign may be a secret.
      problems.push({
        field: '--set',
        rule: 'must look like path=value',
        value: equals === -1 ? setting : setting.slice(0, equals + 1),
      });
      continue;
    }
    const found = findOption(path, root);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const misplaced = findMisplaced(target, path, root);
    if (misplaced !== undefined) problems.push(misplaced);
    overlay(target, path, coerceText(setting.slice(equals + 1), found.node));
  }
}

function findOption(
  path: readonly string[],
  root: SchemaNode,
): { node: SchemaNode } | { problem: ConfigurationProblem } {
  let node = root;
  for (const [i, name] of path.entries()) {
    const isList = alternatives(node).some(({ items }) => items !== undefined) && /^\d+$/.test(name);
    const child = isList ? undefined : childOf(node, name);
    if (child === undefined) {
      const field = path.slice(0, i + 1).join('.');
      const problem = isList
        ? { field, rule: `cannot be set alone; set the whole list: --set ${path.slice(0, i).join('.')}=first,second` }
        : unknownOption(field, name, optionNames(node));
      return { problem };
    }
    node = child;
  }
  return { node };
}
