import type { z } from 'zod';
import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { describeRule } from './describeRule.ts';
import { fieldOf } from './fieldOf.ts';
import { childOf, holdsSecret, optionNames, type SchemaNode } from './schemaNode.ts';
import { unknownOption } from './unknownOption.ts';

type Issue = z.core.$ZodIssue;

/** Given to zod as every message, so that the ones a schema wrote itself can be told from it. */
export const NO_MESSAGE = '(no message)';

/** Puts what is wrong with a value into plain words: option, rule, value; secrets are hidden. */
export function explainIssues(issues: readonly Issue[], root: SchemaNode, value: unknown): ConfigurationProblem[] {
  return issues.flatMap((issue) => explain(issue, issue.path, root, value));
}

function explain(issue: Issue, path: readonly PropertyKey[], root: SchemaNode, value: unknown): ConfigurationProblem[] {
  const node = path.reduce<SchemaNode>((inner, name) => childOf(inner, String(name)) ?? {}, root);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownOption(fieldOf([...path, name]), name, optionNames(node)));
  }
  const given = path.reduce<unknown>(memberOf, value);
  const field = fieldOf(path);
  if (issue.message !== NO_MESSAGE) return [{ field, rule: issue.message, ...shown(given, node) }];
  if (given === undefined) return [{ field, rule: 'is required' }];
  const inner = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (inner !== undefined) return inner.flatMap((one) => explain(one, [...path, ...one.path], root, value));
  return [{ field, rule: describeRule(node), ...shown(given, node) }];
}

/** Finds the alternative that was meant: the one that fits on the outside and has the fewest faults inside. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return fitting.toSorted((a, b) => a.length - b.length)[0];
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<PropertyKey, unknown>>)[name]
    : undefined;
}

/** Shows a value where it is short and no secret; a section is never shown. */
function shown(value: unknown, node: SchemaNode): Pick<ConfigurationProblem, 'value'> {
  if (value === undefined) return {};
  if (holdsSecret(node)) return { value: '(hidden)' };
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => (typeof item === 'object' && item !== null) || typeof item === 'function')) return {};
  return { value };
}
