import type { z } from 'zod';
import { alternatives, childOf, isOpen, optionNames, type SchemaNode, schemaNode } from './schemaNode.ts';

const HEAD = ['| option | type | default | unit | description |', '| --- | --- | --- | --- | --- |'];

/** Renders a schema's options as a Markdown table: one row for each, sections by their path. */
export function renderOptionTable(schema: z.ZodType): string {
  return [...HEAD, ...rowsOf(schemaNode(schema), '', true)].join('\n');
}

function rowsOf(node: SchemaNode, path: string, isRequired: boolean): string[] {
  const names = optionNames(node);
  const scalars = alternatives(node).filter(({ properties }) => properties === undefined);
  // An option that is either a value or a section has a row of its own, and then the section's rows.
  const own = path !== '' && (scalars.length > 0 || names.length === 0) ? [rowOf(node, scalars, path, isRequired)] : [];
  const inner = names.flatMap((name) => {
    const child = childOf(node, name);
    const isNeeded = alternatives(node).every(
      ({ required, properties }) => properties === undefined || required?.includes(name) === true,
    );
    return child === undefined ? [] : rowsOf(child, path === '' ? name : `${path}.${name}`, isNeeded);
  });
  return [...own, ...inner];
}

function rowOf(node: SchemaNode, scalars: readonly SchemaNode[], path: string, isRequired: boolean): string {
  const cells = [
    `\`${path}\``,
    [...new Set(scalars.map(typeName))].join(' or '),
    defaultOf(node, isRequired),
    factOf(node, 'unit') ?? '',
    `${factOf(node, 'description') ?? ''}${node.secret === true ? ' Never shown.' : ''}`.trim(),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Finds what a node says of itself, or where it is one name of several alternatives, what the first of them says. */
function factOf(node: SchemaNode, fact: 'unit' | 'description'): string | undefined {
  return node[fact] ?? alternatives(node).find((one) => one[fact] !== undefined)?.[fact];
}

function defaultOf(node: SchemaNode, isRequired: boolean): string {
  if (node.default === undefined) return isRequired ? 'required' : '–';
  return `\`${JSON.stringify(node.default)}\``;
}

function typeName(node: SchemaNode): string {
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  switch (Array.isArray(node.type) ? node.type[0] : node.type) {
    case 'integer':
      return 'whole number';
    case 'number':
      return 'number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'array':
      return node.items === undefined ? 'list' : `list of ${typeName(node.items)}`;
    default:
      return isOpen(node) ? 'names and values' : 'value';
  }
}
