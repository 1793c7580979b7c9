import type { z } from 'zod';
import { alternatives, childOf, isOpen, optionNames, type SchemaNode, schemaNode } from './schemaNode.ts';

const HEAD = ['| option | type | default | unit | description |', '| --- | --- | --- | --- | --- |'];

/** Renders a schema's options as a Markdown table: one row for each, sections by their path. */
export function renderOptionTable(schema: z.ZodType): string {
  return [...HEAD, ...rowsOf(schemaNode(schema), '', 'required')].join('\n');
}

/** @param absence - Shown where there is no default: whether the option must be given. */
function rowsOf(node: SchemaNode, path: string, absence: string): string[] {
  const names = optionNames(node);
  const scalars = alternatives(node).filter(({ properties }) => properties === undefined);
  // An option that is either a value or a section has a row of its own, and then the section's rows.
  const own = path !== '' && (scalars.length > 0 || names.length === 0) ? [rowOf(node, scalars, path, absence)] : [];
  const isGiven = absence === 'required' && scalars.length === 0;
  const required =
    isGiven || (node.default !== undefined && scalars.length === 0) ? 'required' : `required with \`${path}\``;
  const inner = names.flatMap((name) => {
    const child = childOf(node, name);
    const isNeeded = alternatives(node).every(
      (one) => one.properties === undefined || one.required?.includes(name) === true,
    );
    return child === undefined ? [] : rowsOf(child, path === '' ? name : `${path}.${name}`, isNeeded ? required : '–');
  });
  return [...own, ...inner];
}

function rowOf(node: SchemaNode, scalars: readonly SchemaNode[], path: string, absence: string): string {
  const description = factOf(node, 'description') ?? '';
  const isTold = node.secret !== true || description.includes('Never shown');
  const cells = [
    `\`${path}\``,
    [...new Set(scalars.map(typeName))].join(' or '),
    node.default === undefined ? absence : `\`${JSON.stringify(node.default)}\``,
    factOf(node, 'unit') ?? '',
    isTold ? description : `${description} Never shown.`.trim(),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Finds what a node says of itself, or where it is one name of several alternatives, what the first of them says. */
function factOf(node: SchemaNode, fact: 'unit' | 'description'): string | undefined {
  return node[fact] ?? alternatives(node).find((one) => one[fact] !== undefined)?.[fact];
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
