import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Pipeline } from '../../pipeline/definePipeline.ts';
import { findPipelineFile } from './findPipelineFile.ts';
import { useOwnPackages } from './useOwnPackages.ts';

/**
 * Loads the pipeline that a file exports as its default.
 *
 * @param pipeline - Path of a TypeScript or JavaScript file, or the name of a shipped pipeline.
 * @throws ConfigurationError when there is no such file, it cannot be loaded, or it exports something else.
 */
export async function loadPipeline(pipeline: string): Promise<Pipeline> {
  const file = findPipelineFile(pipeline);
  useOwnPackages();
  const module = await load(file, pipeline);
  const found = module['default'];
  if (isPipeline(found)) return found;
  const rule = isNothing(found) ? 'has no default export' : 'has a default export that is something else';
  throw new ConfigurationError([{ field: pipeline, rule: `${rule}; it must be what definePipeline makes` }]);
}

async function load(file: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    if (cause instanceof ConfigurationError) {
      const problems = cause.problems.map((problem) => ({ ...problem, field: `${shown}: ${problem.field}` }));
      throw new ConfigurationError(problems, { cause });
    }
    throw new ConfigurationError([{ field: shown, rule: ruleOf(cause, file) }], { cause });
  }
}

/** What Node.js says of a module in a folder whose package.json has the type `commonjs`, as `npm init` writes it. */
const takenForCommonJs = /^(Cannot use import statement outside a module|Unexpected token 'export')$/;

function ruleOf(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `threw while it was loaded: ${messageOf(error)}`;
  const message = messageOf(error).split('\n', 1)[0] ?? '';
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof SyntaxError && takenForCommonJs.test(message))
    return 'is read as CommonJS: set "type": "module" in your package.json (npm pkg set type=module), or name the file .mts or .mjs';
  if (error instanceof SyntaxError) {
    const language = code.includes('TYPESCRIPT') ? 'TypeScript that Node.js runs' : 'JavaScript';
    return `is not ${language}${placeOf(error.stack ?? '') || placeOf(checkSyntax(file))}: ${message}`;
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'must be a file of TypeScript or JavaScript (.ts, .mts, .js, .mjs)';
  if (code.startsWith('ERR_MODULE') || code.startsWith('ERR_PACKAGE')) return `cannot be loaded: ${message}`;
  return `threw while it was loaded${placeOf(error.stack ?? '')}: ${message}`;
}

/** The first place that a stack names, which for a mistake of grammar is the only one that says where it is. */
function placeOf(stack: string): string {
  const found = /(?:^|\(|file:\/\/|at )(\/[^\s:()]+):(\d+)/m.exec(stack);
  return found === null ? '' : ` (${found[1]}:${found[2]})`;
}

/** A caught error of JavaScript's grammar does not say where; the checker of Node.js does, on its first line. */
function checkSyntax(file: string): string {
  return spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr;
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'swath.pipeline';
}

/** An empty file, and one of CommonJS that exports nothing, has an empty object for its default. */
function isNothing(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
