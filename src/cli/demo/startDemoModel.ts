import type { ModelProcess } from '../../local/modelProcess.ts';
import { startModelProcess } from '../../local/startModelProcess.ts';
import { artefactFolder } from '../local/artefactFolder.ts';

/**
 * Starts the model container with the detector of lights; its spans go to the collector, all of them.
 *
 * @param spansTo - `url` of the collector.
 * @param signal - Aborting it ends the start.
 */
export function startDemoModel(spansTo: string, signal: AbortSignal): Promise<ModelProcess> {
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: spansTo,
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_SDK_DISABLED: 'false',
  };
  return startModelProcess({ modelDir: artefactFolder('lights'), env, signal });
}
