import { fileURLToPath } from 'node:url';
import type { ModelProcess } from '../../local/modelProcess.ts';
import { startModelProcess } from '../../local/startModelProcess.ts';

/** Folder with the detector's `config.json`; it lies beside `src`, and beside `dist/src` where swath is installed. */
const modelDir = fileURLToPath(new URL('../../../model/artefact/lights', import.meta.url));

/**
 * Starts the model container with the detector of lights; its spans go to the collector, all of them.
 *
 * @param spansTo - `url` of the collector.
 */
export function startDemoModel(spansTo: string): Promise<ModelProcess> {
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: spansTo,
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_SDK_DISABLED: 'false',
  };
  return startModelProcess({ modelDir, env });
}
