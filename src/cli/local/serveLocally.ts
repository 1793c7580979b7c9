import { once } from 'node:events';
import { asyncEndpointOptions } from '../../config/asyncEndpointOptions.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { LocalEnvironment } from '../../local/localServices.ts';
import type { ModelDeath } from '../../local/modelProcess.ts';
import { startLocalServices } from '../../local/startLocalServices.ts';
import { startModelProcess } from '../../local/startModelProcess.ts';
import { artefactFolder } from './artefactFolder.ts';
import { checkLocalCommand } from './checkLocalCommand.ts';
import { describeDeath } from './describeDeath.ts';
import { forLocalCommand } from './forLocalCommand.ts';

/** What `swath local` is told. */
export interface LocalCommandOptions {
  readonly host: string;
  /** Of S3, SQS and SNS; Kinesis, DynamoDB and SageMaker have the three after it. 0: any free ones. */
  readonly port: number;
  /** URL of a model container; absent: one is started. */
  readonly model?: string | undefined;
  /** Detector of the model that is started. */
  readonly detector: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly instances: number;
  readonly buckets: string;
  /** `name=shards`, with commas between. */
  readonly streams: string;
}

/** Where the endpoint leaves what it wrote, unless the pipeline's configuration says otherwise. */
const outputPrefix = asyncEndpointOptions.shape.outputPrefix.parse(undefined);
const failurePrefix = 'async-inference/failure/';

/**
 * Serves the stand-ins until it is stopped.
 *
 * @param ready - Called with their addresses once they serve.
 * @throws ConfigurationError when an option cannot be used.
 */
export async function serveLocally(
  options: LocalCommandOptions,
  stop: AbortSignal,
  ready: (environment: LocalEnvironment) => void,
): Promise<void> {
  const { host, port, model, detector, endpoint, instances } = options;
  const buckets = options.buckets.split(',').filter(Boolean);
  const streams = readStreams(options.streams);
  const bucket = buckets.at(-1) ?? '';
  const outputPath = `s3://${bucket}/${outputPrefix}`;
  const served = { name: endpoint, outputPath, failurePath: `s3://${bucket}/${failurePrefix}`, instances };
  checkLocalCommand({ ...served, model: model ?? 'http://127.0.0.1' }, { host, port, buckets });
  const modelDir = artefactFolder(detector);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const stopping = (): void => say('Stopping …');
  if (stop.aborted) return stopping();
  stop.addEventListener('abort', stopping, { once: true });
  await using stack = new AsyncDisposableStack();
  const services = stack.use(
    await forLocalCommand(host, () =>
      startLocalServices({ host, ports: portsFrom(port), buckets, streams, endpoints: [] }),
    ),
  );
  if (stop.aborted) return;
  if (model === undefined) say('Starting the model …');
  const died = (death: ModelDeath): void => say(`warning: ${describeDeath(death)}`);
  const starting = model === undefined ? startModelProcess({ modelDir, died, signal: stop }) : undefined;
  const own = await starting?.catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
  if (own) stack.use(own);
  if (stop.aborted) return;
  services.sagemaker.addEndpoint({ ...served, model: model ?? own?.url ?? '' });
  ready(services.endpoints);
  say(`Endpoint ${endpoint}, buckets ${buckets.join(', ')}, streams ${Object.keys(streams).join(', ')}.`);
  say(`In ${bucket}: outputs under ${outputPrefix}, failures under ${failurePrefix} (failurePrefix). Ctrl-C ends it.`);
  const ended = AbortSignal.any([stop, ...(own ? [own.givenUp] : [])]);
  if (!ended.aborted) await once(ended, 'abort');
  if (own?.givenUp.aborted) throw own.givenUp.reason;
}

function portsFrom(first: number) {
  if (first === 0) return {};
  return { s3: first, kinesis: first + 1, dynamodb: first + 2, sagemaker: first + 3 };
}

function readStreams(text: string): Record<string, number> {
  const streams: Record<string, number> = {};
  for (const part of text.split(',').filter(Boolean)) {
    const [, name, shards = '1'] = /^([a-zA-Z0-9_.-]{1,128})(?:=(\d{1,4}))?$/.exec(part) ?? [];
    if (name === undefined || Number(shards) < 1) {
      const rule = 'must be names of streams with their shards, like tiles=2,detections=1';
      throw new ConfigurationError([{ field: '--streams', rule, value: part }]);
    }
    streams[name] = Number(shards);
  }
  return streams;
}
