import { alternatives, type SchemaNode, typesOf } from './schemaNode.ts';

const TRUE = ['true', '1', 'yes', 'on', 'enabled'];
const FALSE = ['false', '0', 'no', 'off', 'disabled'];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads a text from the environment or the command line as what the schema wants there: a number, true or false
 * (also 1/0, yes/no, on/off, enabled/disabled), a list (JSON, or entries with commas between), a section (JSON), a text.
 *
 * What cannot be read so stays a text: the schema then says what it must be.
 */
export function coerceText(text: string, node: SchemaNode): unknown {
  const types = typesOf(node);
  const trimmed = text.trim();
  if (isListed(trimmed, node)) return trimmed;
  if ((types.has('number') || types.has('integer')) && NUMBER.test(trimmed)) return Number(trimmed);
  if (types.has('boolean')) {
    const word = trimmed.toLowerCase();
    if (TRUE.includes(word)) return true;
    if (FALSE.includes(word)) return false;
  }
  if (types.has('null') && trimmed === 'null') return null;
  if (types.has('array') && (trimmed.startsWith('[') || !types.has('string'))) return listOf(trimmed, node);
  if (types.has('object') && trimmed.startsWith('{')) return parsed(trimmed) ?? text;
  if (types.size === 0 && /^[[{]/.test(trimmed)) return parsed(trimmed) ?? text;
  return text;
}

function isListed(text: string, node: SchemaNode): boolean {
  return alternatives(node).some((one) => one.const === text || one.enum?.includes(text) === true);
}

function listOf(text: string, node: SchemaNode): unknown {
  if (text.startsWith('[')) return parsed(text) ?? text;
  if (text === '') return [];
  const items = alternatives(node).find((one) => one.items !== undefined)?.items ?? {};
  return text.split(',').map((entry) => coerceText(entry.trim(), items));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
