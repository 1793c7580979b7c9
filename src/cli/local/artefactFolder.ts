import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors/configurationError.ts';

const detectors = ['rooms', 'lights'];

/**
 * Finds the folder with a detector's `config.json`, what a container has in /opt/ml/model.
 *
 * @throws ConfigurationError when there is no such detector.
 */
export function artefactFolder(detector: string): string {
  if (!detectors.includes(detector)) {
    throw new ConfigurationError([
      { field: '--detector', rule: `must be one of ${detectors.join(', ')}`, value: detector },
    ]);
  }
  return fileURLToPath(new URL(`../../../model/artefact/${detector}`, import.meta.url));
}
