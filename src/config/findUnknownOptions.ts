import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { fieldOf } from './fieldOf.ts';
import { isSection } from './overlay.ts';
import { childOf, isOpen, optionNames, type SchemaNode } from './schemaNode.ts';
import { unknownOption } from './unknownOption.ts';

/** Lists the options that no schema knows, wherever they stand; schemas that would drop them silently count, too. */
export function findUnknownOptions(
  value: unknown,
  node: SchemaNode,
  path: readonly string[] = [],
): ConfigurationProblem[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => {
      const child = childOf(node, String(i));
      return child === undefined ? [] : findUnknownOptions(item, child, [...path, String(i)]);
    });
  }
  if (!isSection(value)) return [];
  const known = optionNames(node);
  if (known.length === 0 && !isOpen(node)) return []; // not a section at all: the schema says so
  return Object.entries(value).flatMap(([name, inner]) => {
    const child = childOf(node, name);
    if (child !== undefined) return findUnknownOptions(inner, child, [...path, name]);
    return isOpen(node) && name !== '__proto__' ? [] : [unknownOption(fieldOf([...path, name]), name, known)];
  });
}
