import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { describeRule } from './describeRule.ts';
import { fieldOf } from './fieldOf.ts';
import { isSection, type Options } from './overlay.ts';
import { childOf, type SchemaNode, typesOf } from './schemaNode.ts';

/**
 * Finds a value above an option that can hold none, like a list where a section belongs: laying the option over it would hide the
 * mistake. A value that the schema allows there (`ssl: true`) may be replaced.
 */
export function findMisplaced(
  target: Options,
  path: readonly string[],
  root: SchemaNode,
): ConfigurationProblem | undefined {
  let value: unknown = target;
  let node: SchemaNode | undefined = root;
  for (const [i, name] of path.entries()) {
    if (!isSection(value)) {
      const types = typesOf(node);
      if (value === undefined || types.size === 0 || types.has(typeName(value))) return undefined;
      return { field: fieldOf(path.slice(0, i)), rule: describeRule(node) };
    }
    value = Object.hasOwn(value, name) ? value[name] : undefined;
    node = childOf(node, name);
    if (node === undefined) return undefined;
  }
  return undefined;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}
