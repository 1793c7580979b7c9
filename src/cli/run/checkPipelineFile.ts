import { clientRegions } from '../../aws/clientRegions.ts';
import { loadConfig } from '../../config/loadConfig.ts';
import { configWarnings } from './configWarnings.ts';
import { loadPipeline } from './loadPipeline.ts';

/** A pipeline that can be run as it is configured. */
export interface CheckedPipeline {
  readonly name: string;
  /** What probably is not what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Loads a pipeline, checks its configuration and builds it, without starting anything. Answers what can be said of it.
 *
 * @throws ConfigurationError when something cannot be used.
 */
export async function checkPipelineFile(
  file: string,
  { config, set }: { readonly config?: string | undefined; readonly set?: readonly string[] | undefined },
): Promise<CheckedPipeline> {
  const pipeline = await loadPipeline(file);
  const options = loadConfig(pipeline.config, { file: config, set });
  pipeline.build({ config: options, name: pipeline.name, drain: new AbortController().signal });
  await clientRegions.check();
  return { name: pipeline.name, warnings: configWarnings(options) };
}
