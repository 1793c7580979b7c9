import type { LocalServices } from '../../local/localServices.ts';
import { startLocalServices } from '../../local/startLocalServices.ts';
import { collectSpans, type SpanCollector } from './collectSpans.ts';
import type { DemoSource } from './demoOptions.ts';
import { demoEndpoint, demoPartitions } from './demoSettings.ts';
import { kinesisNames } from './openKinesisStream.ts';
import { startDemoModel } from './startDemoModel.ts';

/** All that a run needs and that lives in this process or below it. */
export interface DemoServices extends AsyncDisposable {
  readonly services: LocalServices;
  /** Ends the model container, and answers its spans as OTLP/JSON lines; idempotent. */
  endModel(): Promise<readonly string[]>;
}

/** Starts the stand-ins, and the model container behind their SageMaker endpoint; throws the reason of `stop` when that aborts meanwhile. */
export async function startDemoServices(
  source: DemoSource,
  spans: { readonly forwardTo: string | undefined; readonly warn: (message: string) => void },
  stop: AbortSignal,
): Promise<DemoServices> {
  await using stack = new AsyncDisposableStack();
  const collector: SpanCollector = stack.use(await collectSpans(spans));
  const { inputBucket, outputBucket, outputPrefix, failurePrefix, name } = demoEndpoint;
  const { tiles, detections, dead } = kinesisNames;
  const common = { buckets: [inputBucket, outputBucket] };
  const starting = startLocalServices(
    source === 'kafka'
      ? { ...common, services: ['s3', 'sagemaker'] }
      : { ...common, streams: { [tiles]: demoPartitions, [detections]: demoPartitions, [dead]: 1 } },
  );
  const [started, modelled] = await Promise.allSettled([starting, startDemoModel(collector.url, stop)]);
  // Both are taken over before either's failure ends this, so that neither is left running.
  if (started.status === 'fulfilled') stack.use(started.value);
  if (modelled.status === 'fulfilled') stack.use(modelled.value);
  if (started.status === 'rejected') throw started.reason;
  if (modelled.status === 'rejected') throw modelled.reason;
  const [services, model] = [started.value, modelled.value];
  services.sagemaker.addEndpoint({
    name,
    model: model.url,
    outputPath: `s3://${outputBucket}/${outputPrefix}`,
    failurePath: `s3://${outputBucket}/${failurePrefix}`,
  });
  const kept = stack.move();
  return {
    services,
    endModel: async () => {
      await model.stop();
      return collector.lines;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
