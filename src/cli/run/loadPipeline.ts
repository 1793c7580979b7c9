import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../../errors/configurationError.ts';
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
  const rule = 'default' in module ? 'has a default export that is something else' : 'has no default export';
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
    throw new ConfigurationError([{ field: shown, rule: ruleOf(cause) }], { cause });
  }
}

function ruleOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw while it was loaded: ${String(error)}`;
  const message = error.message.split('\n', 1)[0] ?? '';
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof SyntaxError)
    return `is not ${code.includes('TYPESCRIPT') ? 'TypeScript that Node.js runs' : 'JavaScript'}${placeOf(error)}: ${message}`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'must be a file of TypeScript or JavaScript (.ts, .mts, .js, .mjs)';
  if (code.startsWith('ERR_MODULE') || code.startsWith('ERR_PACKAGE')) return `cannot be loaded: ${message}`;
  return `threw while it was loaded${placeOf(error)}: ${message}`;
}

/** The first place that the stack names, which for a mistake of grammar is the only one that says where it is. */
function placeOf({ stack = '' }: Error): string {
  const found = /(?:file:\/\/)?(\/[^\s:()]+):(\d+)/.exec(stack);
  return found === null ? '' : ` (${found[1]}:${found[2]})`;
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'swath.pipeline';
}
