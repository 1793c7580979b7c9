import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsCalls } from '../../aws/awsCalls.ts';
import { CallCounter } from '../../aws/callCounter.ts';
import { s3ObjectStore } from '../../aws/s3ObjectStore.ts';
import { readVersion } from '../readVersion.ts';
import type { Summary } from '../report/summary.ts';
import { startTelemetry } from '../startTelemetry.ts';
import type { DemoOptions } from './demoOptions.ts';
import type { DemoProgress } from './demoProgress.ts';
import { demoEndpoint } from './demoSettings.ts';
import type { DemoStream } from './demoStream.ts';
import { openDemoPicture } from './openDemoPicture.ts';
import { openKafkaTopics } from './openKafkaTopics.ts';
import { openKinesisStream } from './openKinesisStream.ts';
import { prepareFolder } from './prepareFolder.ts';
import { publishTiles } from './publishTiles.ts';
import { runPublished } from './runPublished.ts';
import { startDemoServices } from './startDemoServices.ts';
import { telemetryEnvironment, tracesEndpoint } from './telemetryEnvironment.ts';
import { temporaryFile } from './temporaryFile.ts';
import { useLocalAws } from './useLocalAws.ts';
import { writeResults } from './writeResults.ts';

/** What a run has around it. */
export interface DemoSurroundings {
  readonly progress: DemoProgress;
  /** Aborting it drains the run; nothing is written then. */
  readonly stop: AbortSignal;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** What became of a run. */
export interface DemoOutcome {
  /** How many tiles were settled. */
  readonly settled: number;
  /** Undefined when it was stopped before it was through. */
  readonly summary: Summary | undefined;
  /** Tiles that went to the dead letters, by the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Does the main job on embedded services: cuts a picture, publishes the tiles, runs the pipeline over them, reads what it wrote,
 * and leaves the result in a folder to look at. Nothing else is left, whatever happens.
 *
 * @throws The reason of `stop`, when that aborts before the first tile is sent.
 * @throws ConfigurationError when an option, the picture or the folder cannot be used.
 */
export async function runDemo(options: DemoOptions, surroundings: DemoSurroundings): Promise<DemoOutcome> {
  const { progress, stop, env = process.env } = surroundings;
  const picture = await openDemoPicture(options, progress.tell);
  const { cut } = picture;
  stop.throwIfAborted();
  await prepareFolder(options.out);
  await using stack = new AsyncDisposableStack();
  const stream = stack.use(await openStream(options, surroundings));
  const { path: traceFile } = stack.use(temporaryFile(join(options.out, 'traces.jsonl.part')));

  progress.step('Starting the services and the model …');
  const ownEnv = telemetryEnvironment(env);
  const spans = { forwardTo: tracesEndpoint(ownEnv), warn: progress.tell };
  const { services, endModel } = stack.use(await startDemoServices(options.source, spans, stop));
  stack.use(useLocalAws(services.endpoints));
  const telemetry = startTelemetry({
    env: ownEnv,
    traceFile,
    attributes: { 'service.version': readVersion() },
    warn: progress.tell,
  });
  stack.defer(() => telemetry.shutdown());
  stop.throwIfAborted();

  progress.step(`Sending ${cut.count} tiles of ${cut.picture.name} through a ${stream.label} …`);
  awsCalls.reset();
  const { report, elapsedMs } = await runPublished({
    config: stream.config,
    count: cut.count,
    publish: async () => {
      const writer = stream.openWriter();
      const store = s3ObjectStore({ calls: new CallCounter() });
      try {
        await publishTiles(cut, { writer, store, bucket: demoEndpoint.inputBucket, stop });
      } finally {
        await writer.close();
        store.close();
      }
    },
    stop,
    show: ({ acked, deadLettered }) => progress.tiles(acked + deadLettered, cut.count),
  });
  const calls = awsCalls.toJSON();
  const settled = report.progress.acked + report.progress.deadLettered;
  if (settled < cut.count) return { settled, summary: undefined, refused: {} };

  progress.step('Drawing the result …');
  const [modelSpans, results] = await Promise.all([endModel(), stream.readResults(), telemetry.shutdown()]);
  const ownSpans = (await readFile(traceFile, 'utf8')).trimEnd().split('\n');
  const run = { options, picture, label: stream.label, results, report, elapsedMs, calls };
  return { settled, ...(await writeResults({ ...run, spanLines: [...ownSpans, ...modelSpans] })) };
}

async function openStream({ source, set }: DemoOptions, { progress, stop }: DemoSurroundings): Promise<DemoStream> {
  return source === 'kafka' ? openKafkaTopics(set, { tell: progress.tell, stop }) : openKinesisStream(set);
}
