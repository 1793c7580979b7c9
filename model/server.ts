#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ModelConfigError } from './parseModelConfig.ts';
import { startModelServer } from './startModelServer.ts';

const help = `Usage: node server.ts [serve] [--host ADDRESS] [--port N] [--model-dir FOLDER] [--workers N]

Serves the model as SageMaker expects it: GET /ping and POST /invocations.

  --host       address to listen on, default 127.0.0.1 (the image sets 0.0.0.0)
  --port       default SAGEMAKER_BIND_TO_PORT, else 8080
  --model-dir  folder with config.json, default SM_MODEL_DIR, else /opt/ml/model
  --workers    inferences at a time, default the cores, at most 4`;

const string = { type: 'string' } as const;
const log = (event: Record<string, unknown>): void => console.error(JSON.stringify(event));

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowPositionals: true, // SageMaker starts a container with the argument `serve`
    options: { host: string, port: string, 'model-dir': string, workers: string, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  const server = await startModelServer({
    log,
    ...(values.host !== undefined && { host: values.host }),
    ...(values.port !== undefined && { port: wholeNumber('--port', values.port, 0) }),
    ...(values['model-dir'] !== undefined && { modelDir: values['model-dir'] }),
    ...(values.workers !== undefined && { workers: wholeNumber('--workers', values.workers, 1) }),
  });
  const stop = (signal: NodeJS.Signals): void => {
    log({ event: 'stopping', signal });
    server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  log({ event: 'listening', url: server.url });
}

/** @throws ModelConfigError when it is something else. */
function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new ModelConfigError(`${option}: must be a whole number from ${least}, got ${text}`);
  return value;
}

main().catch((error: unknown) => {
  const mistake = error instanceof ModelConfigError || (error instanceof TypeError && 'code' in error);
  const address = error instanceof Error && 'syscall' in error; // the port is taken, or the address is not ours
  console.error(mistake || address ? (error as Error).message : error);
  process.exit(mistake ? 2 : 1);
});
