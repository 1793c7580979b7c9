import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { coerceText } from './coerceText.ts';
import { fieldOf } from './fieldOf.ts';
import { childOf, type SchemaNode } from './schemaNode.ts';

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/** The environment, and where to say that something is missing in it. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly problems: ConfigurationProblem[];
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` in the texts of a file by variables of the environment; `$${` stands for `${`.
 *
 * As in a shell, the default also stands in for an empty variable. The result is read as what the schema wants there.
 */
export function interpolate(
  value: unknown,
  node: SchemaNode | undefined,
  path: readonly string[],
  around: Surroundings,
): unknown {
  if (typeof value === 'string') return value.includes('${') ? interpolateText(value, node ?? {}, path, around) : value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) =>
      interpolate(item, node && childOf(node, String(i)), [...path, String(i)], around),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
    return [name, interpolate(item, node && childOf(node, name), [...path, name], around)];
  });
  return Object.fromEntries(entries);
}

function interpolateText(
  text: string,
  node: SchemaNode,
  path: readonly string[],
  { env, problems }: Surroundings,
): unknown {
  const field = fieldOf(path);
  let isWhole = true;
  const replaced = text.replace(REFERENCE, (found, name: string | undefined, fallback: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      problems.push({
        field,
        rule: `has a \${ that is neither \${NAME} nor \${NAME:-default}; write $\${ for the characters themselves`,
      });
      isWhole = false;
      return '';
    }
    const variable = env[name];
    if (fallback !== undefined) return variable === undefined || variable === '' ? fallback : variable;
    if (variable === undefined) {
      problems.push({ field, rule: `needs the environment variable ${name}, which is not set` });
      isWhole = false;
    }
    return variable ?? '';
  });
  return isWhole ? coerceText(replaced, node) : undefined;
}
