import { loadConfig } from '../../config/loadConfig.ts';
import { loadPipeline } from './loadPipeline.ts';

/**
 * Loads a pipeline, checks its configuration and builds it, without starting anything. Answers the pipeline's name.
 *
 * @throws ConfigurationError when something cannot be used.
 */
export async function checkPipelineFile(
  file: string,
  { config, set }: { readonly config?: string | undefined; readonly set?: readonly string[] | undefined },
): Promise<string> {
  const pipeline = await loadPipeline(file);
  const options = loadConfig(pipeline.config, { file: config, set });
  pipeline.build({ config: options, name: pipeline.name, drain: new AbortController().signal });
  return pipeline.name;
}
