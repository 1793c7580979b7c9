import { isSection, type Options } from './overlay.ts';
import { childOf, type SchemaNode, typesOf } from './schemaNode.ts';

/**
 * Leaves out what a file names without a value (`source:` in YAML reads as null), so that it has its default; keeps null
 * where the schema knows it.
 */
export function dropNulls(options: Options, node: SchemaNode | undefined): Options {
  const kept: Options = {};
  for (const [name, value] of Object.entries(options)) {
    const child = node && childOf(node, name);
    if (value === null && child !== undefined && !typesOf(child).has('null')) continue;
    // defineProperty: a file may hold a key called __proto__, which must be refused as unknown, not obeyed.
    const inner = isSection(value) ? dropNulls(value, child) : value;
    Object.defineProperty(kept, name, { value: inner, enumerable: true, writable: true, configurable: true });
  }
  return kept;
}
