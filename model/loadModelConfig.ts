import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from './modelConfig.ts';
import { ModelConfigError, parseModelConfig } from './parseModelConfig.ts';

const containerFolder = '/opt/ml/model'; // where SageMaker unpacks the model's artefacts

/**
 * Reads the `config.json` of the model's folder; a folder without one means the defaults of `rooms`.
 *
 * @param modelDir - Default SM_MODEL_DIR, else `/opt/ml/model` where there is one. A folder that is named must exist.
 * @throws {@link ModelConfigError} when the folder is missing, or the file is not JSON or breaks a rule.
 */
export function loadModelConfig(modelDir?: string, env: NodeJS.ProcessEnv = process.env): ModelConfig {
  const named = modelDir ?? (env['SM_MODEL_DIR'] || undefined);
  if (named !== undefined && !isFolder(named)) throw new ModelConfigError(`${named}: must be a folder, there is none`);
  const path = join(named ?? containerFolder, 'config.json');
  if (!existsSync(path)) return parseModelConfig({});
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ModelConfigError(`${path}: must be JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return parseModelConfig(document, path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
