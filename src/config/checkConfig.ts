import type { z } from 'zod';
import { ConfigurationError, type ConfigurationProblem } from '../errors/configurationError.ts';
import { explainIssues, NO_MESSAGE } from './explainIssues.ts';
import { schemaNode } from './schemaNode.ts';

/**
 * Checks options given in code and fills in their defaults.
 *
 * @param path - Stands before every option's name in messages, like `endpoint`.
 * @throws ConfigurationError with every broken rule.
 */
export function checkConfig<S extends z.ZodType>(schema: S, value: unknown, path?: string): z.output<S> {
  const result = schema.safeParse(value, { error: () => NO_MESSAGE });
  if (result.success) return result.data;
  const problems = explainIssues(result.error.issues, schemaNode(schema), value);
  throw new ConfigurationError(path === undefined ? problems : problems.map((problem) => under(path, problem)));
}

function under(path: string, problem: ConfigurationProblem): ConfigurationProblem {
  return { ...problem, field: problem.field === 'configuration' ? path : `${path}.${problem.field}` };
}
