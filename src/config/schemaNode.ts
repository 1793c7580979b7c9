import { z } from 'zod';

/** A schema as JSON Schema says it, with the facts of `.meta()`: what guides the loader, its messages and the tables. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
  /** Unit of a number, like `ms`. */
  readonly unit?: string;
  /** True for what no message may show. */
  readonly secret?: boolean;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** Turns a schema into nodes; what JSON Schema cannot say (functions, instances) becomes a node that allows everything. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as SchemaNode;
  return root.$defs === undefined ? root : resolved(root, root.$defs, []);
}

/** Puts named parts where they are named; a part that contains itself is left open there. */
function resolved(node: SchemaNode, parts: Readonly<Record<string, SchemaNode>>, above: readonly string[]): SchemaNode {
  if (node.$ref !== undefined) {
    const name = node.$ref.replace('#/$defs/', '');
    const part = parts[name];
    return part === undefined || above.includes(name)
      ? {}
      : { ...resolved(part, parts, [...above, name]), ...siblings(node) };
  }
  const inner = (child: SchemaNode): SchemaNode => resolved(child, parts, above);
  const { properties, items, anyOf, oneOf, additionalProperties } = node;
  return {
    ...node,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, inner(child)])) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(inner) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(inner) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
}

function siblings({ $ref: _, ...rest }: SchemaNode): SchemaNode {
  return rest;
}

/** Lists a node's alternatives; a node that is no union is its own only one. */
export function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const inner = node.anyOf ?? node.oneOf;
  return inner === undefined ? [node] : inner.flatMap(alternatives);
}

/** Lists the JSON types that a node allows; empty when it allows all. */
export function typesOf(node: SchemaNode): ReadonlySet<string> {
  const types = alternatives(node).flatMap(({ type, enum: values, const: value }) => {
    if (type !== undefined) return type;
    if (values !== undefined) return values.map((item) => typeof item);
    return value === undefined ? [] : [typeof value];
  });
  return new Set(types);
}

/** Finds an option inside a node, through all alternatives; a node of free names answers for each of them. */
export function childOf(node: SchemaNode, name: string): SchemaNode | undefined {
  const found: SchemaNode[] = [];
  for (const { properties, additionalProperties, items } of alternatives(node)) {
    const named = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (named !== undefined) found.push(named);
    else if (typeof additionalProperties === 'object' && name !== '__proto__') found.push(additionalProperties);
    else if (items !== undefined && /^\d+$/.test(name)) found.push(items);
  }
  return found.length > 1 ? { anyOf: found } : found[0];
}

/** Lists the names of a node's options, of all its alternatives. */
export function optionNames(node: SchemaNode): readonly string[] {
  return [...new Set(alternatives(node).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Tells whether a node takes options of any name. */
export function isOpen(node: SchemaNode): boolean {
  return alternatives(node).some(({ properties, additionalProperties, type }) => {
    if (additionalProperties !== undefined) return additionalProperties !== false;
    return properties === undefined && (type === undefined || type === 'object');
  });
}

/** Tells whether a node, or anything inside it, is a secret. */
export function holdsSecret(node: SchemaNode): boolean {
  if (node.secret === true) return true;
  const { properties, items, anyOf, oneOf, additionalProperties } = node;
  const inside = [...Object.values(properties ?? {}), ...(anyOf ?? []), ...(oneOf ?? [])];
  if (items !== undefined) inside.push(items);
  if (typeof additionalProperties === 'object') inside.push(additionalProperties);
  return inside.some(holdsSecret);
}
