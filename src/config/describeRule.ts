import { alternatives, type SchemaNode } from './schemaNode.ts';

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'a URL',
  email: 'an e-mail address',
  uuid: 'a UUID',
  'date-time': 'a time like 2026-01-31T12:00:00Z',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
};

/** Says in plain words what a schema wants, like "must be a positive whole number". */
export function describeRule(node: SchemaNode): string {
  const wanted = alternatives(node).map(describeOne);
  const values = alternatives(node).flatMap(listedValues);
  // Many short words read better as one list than as "a or b or c".
  const isList =
    values.length > 1 &&
    values.length >= wanted.length &&
    alternatives(node).every((one) => listedValues(one).length > 0);
  return `must be ${isList ? oneOf(values) : [...new Set(wanted)].join(' or ')}`;
}

function describeOne(node: SchemaNode): string {
  const values = listedValues(node);
  if (values.length > 0) return oneOf(values);
  switch (Array.isArray(node.type) ? node.type[0] : node.type) {
    case 'integer':
      return describeNumber(node, 'whole number');
    case 'number':
      return describeNumber(node, 'number');
    case 'boolean':
      return 'true or false';
    case 'string':
      return describeText(node);
    case 'array':
      return `a list${node.items?.type === 'string' ? ' of texts' : ''}${(node.minItems ?? 0) > 0 ? ' that is not empty' : ''}`;
    case 'object':
      return 'a section with options';
    case 'null':
      return 'null';
    default:
      return 'something else';
  }
}

function describeNumber(node: SchemaNode, noun: string): string {
  const { minimum, exclusiveMinimum: above, exclusiveMaximum: below } = node;
  const isUnbounded = node.maximum === undefined || node.maximum >= Number.MAX_SAFE_INTEGER;
  const maximum = isUnbounded ? undefined : node.maximum;
  const least = minimum !== undefined && minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  if (least !== undefined && maximum !== undefined && above === undefined)
    return `a ${noun} from ${least} to ${maximum}`;
  const limits: string[] = [];
  if (above !== undefined && above !== 0) limits.push(`greater than ${above}`);
  if (least !== undefined) limits.push(`of at least ${least}`);
  if (maximum !== undefined) limits.push(`of at most ${maximum}`);
  if (below !== undefined) limits.push(`less than ${below}`);
  return [`a ${above === 0 ? 'positive ' : ''}${noun}`, limits.join(' and ')].filter(Boolean).join(' ');
}

function describeText({ format, pattern, minLength = 0, maxLength }: SchemaNode): string {
  const known = format === undefined ? undefined : FORMATS[format];
  if (known !== undefined) return known;
  if (pattern !== undefined) return `a text that matches ${pattern}`;
  if (minLength > 1 && maxLength !== undefined) return `a text of ${minLength} to ${maxLength} characters`;
  if (maxLength !== undefined)
    return `a text of at most ${maxLength} characters${minLength > 0 ? ' that is not empty' : ''}`;
  if (minLength > 1) return `a text of at least ${minLength} characters`;
  return minLength > 0 ? 'a text that is not empty' : 'a text';
}

function listedValues({ enum: values, const: value }: SchemaNode): readonly unknown[] {
  return values ?? (value === undefined ? [] : [value]);
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
}
