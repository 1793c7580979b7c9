import type { z } from 'zod';
import { ConfigurationError, type ConfigurationProblem } from '../errors/configurationError.ts';
import { dropNulls } from './dropNulls.ts';
import { explainIssues, NO_MESSAGE } from './explainIssues.ts';
import { findUnknownOptions } from './findUnknownOptions.ts';
import { interpolate } from './interpolate.ts';
import { isSection, type Options } from './overlay.ts';
import { overlayEnvironment } from './overlayEnvironment.ts';
import { overlaySettings } from './overlaySettings.ts';
import { readConfigFile } from './readConfigFile.ts';
import { type SchemaNode, schemaNode } from './schemaNode.ts';

/** Where a pipeline's options come from, the strongest last. */
export interface ConfigInput {
  /** Path of a YAML or JSON file. Default: none. */
  readonly file?: string | undefined;
  /** Variables for `SWATH_SECTION__OPTION` and for `${NAME}` in the file. Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** `path=value` settings of the command line. Default: none. */
  readonly set?: readonly string[] | undefined;
  /** Takes this section of file and environment alone; the others belong to somebody else. Default: all of them. */
  readonly section?: string | undefined;
}

/**
 * Loads options: the schema's defaults, under the file, under the environment, under the command line.
 *
 * @throws ConfigurationError with every problem found, each naming the option, the rule and the value; secrets are hidden.
 */
export function loadConfig<S extends z.ZodType>(schema: S, input: ConfigInput = {}): z.output<S> {
  const { file, env = process.env, set = [], section } = input;
  const root = schemaNode(schema);
  const problems: ConfigurationProblem[] = [];
  const options =
    file === undefined ? {} : optionsOfFile(sectionOf(readConfigFile(file), section), root, env, problems);
  overlayEnvironment(options, env, root, problems, section);
  overlaySettings(options, set, root, problems);
  problems.push(...findUnknownOptions(options, root));
  const result = schema.safeParse(options, { error: () => NO_MESSAGE });
  if (!result.success) problems.push(...explainIssues(result.error.issues, root, options));
  if (problems.length > 0) throw new ConfigurationError(firstOfEach(problems));
  return result.data as z.output<S>;
}

function optionsOfFile(
  content: Options,
  root: SchemaNode,
  env: NodeJS.ProcessEnv,
  problems: ConfigurationProblem[],
): Options {
  const read = interpolate(content, root, [], { env, problems });
  return isSection(read) ? dropNulls(read, root) : {};
}

/** Drops what belongs to somebody else before anybody looks at it: its variables may not even be set here. */
function sectionOf(content: Options, section: string | undefined): Options {
  if (section === undefined) return content;
  return Object.hasOwn(content, section) ? { [section]: content[section] } : {};
}

/** Keeps the first problem of each option: what follows is often the same again, in less exact words. */
function firstOfEach(problems: readonly ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ field }) => !seen.has(field) && seen.add(field));
}
