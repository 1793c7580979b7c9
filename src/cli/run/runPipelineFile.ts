import { awsCalls } from '../../aws/awsCalls.ts';
import { loadConfig } from '../../config/loadConfig.ts';
import { runPipeline } from '../../pipeline/runPipeline.ts';
import { progressOf, type RunProgress } from '../../telemetry/runProgress.ts';
import { servePages } from '../http/servePages.ts';
import type { ListenAddress } from '../optionReaders.ts';
import { readVersion } from '../readVersion.ts';
import { startTelemetry } from '../startTelemetry.ts';
import { RateMeter } from '../terminal/rateMeter.ts';
import { showStatus } from '../terminal/showStatus.ts';
import { unlessStopped } from '../unlessStopped.ts';
import { configWarnings } from './configWarnings.ts';
import { keepAlive } from './keepAlive.ts';
import { loadPipeline } from './loadPipeline.ts';
import { type RunSummary, runSummary } from './runSummary.ts';
import { untilIdle } from './untilIdle.ts';

/** What `swath run` is told. */
export interface RunFileOptions {
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly untilIdle?: number | undefined;
  readonly http?: ListenAddress | undefined;
}

/**
 * Runs a pipeline file as a command: with status, signals, telemetry and health pages.
 *
 * @param stop - Aborting it drains; before the pipeline runs, nothing is started.
 * @throws ConfigurationError before anything is started, when something cannot be used.
 * @throws The pipeline's own error, when it fails.
 */
export async function runPipelineFile(
  pipelineFile: string,
  options: RunFileOptions,
  stop: AbortSignal,
): Promise<RunSummary> {
  const pipeline = await unlessStopped(loadPipeline(pipelineFile), stop);
  if (pipeline === undefined) return stoppedEarly(pipelineFile);
  const config = loadConfig(pipeline.config, { file: options.config, set: options.set });
  const meter = new RateMeter();
  let progress: Readonly<RunProgress> | undefined;
  using status = showStatus({ stream: process.stderr, env: process.env, text: () => statusText(progress, meter) });
  const idle = new AbortController();
  const drain = AbortSignal.any([stop, idle.signal]);
  const telemetry = startTelemetry({
    env: process.env,
    attributes: { 'service.version': readVersion(), 'swath.pipeline': pipeline.name },
    warn: (message) => status.say(`warning: ${message}`),
  });
  const ended = new AbortController();
  const draining = (): void => status.say(`Draining: ${inFlightOf(progress)}; again to stop at once.`);
  stop.addEventListener('abort', draining, { once: true });
  using _alive = keepAlive();
  try {
    const health = { pipeline: pipeline.name, progress: () => progress, drain };
    await using pages = options.http && (await servePages(options.http, health));
    if (pages !== undefined) status.say(`Pages at ${pages.url}: /livez, /readyz, /metrics`);
    if (stop.aborted) return stoppedEarly(pipeline.name);
    for (const warning of configWarnings(config)) status.say(`warning: ${warning}`);
    status.say(`Running ${pipeline.name}; Ctrl-C drains and stops.`);
    awsCalls.reset();
    const startMs = performance.now();
    const onStart = (counters: Readonly<RunProgress>): void => {
      progress = counters;
      meter.rate(0, performance.now());
      if (options.untilIdle === undefined) return;
      const idleMs = options.untilIdle * 1000;
      void untilIdle(counters, { idleMs, signal: AbortSignal.any([drain, ended.signal]) }).then(
        (is) => is && idle.abort(),
      );
    };
    const report = await runPipeline(pipeline, { config, drain, onStart });
    const elapsedMs = performance.now() - startMs - (idle.signal.aborted ? (options.untilIdle ?? 0) * 1000 : 0);
    return runSummary(pipeline.name, report, { isIdle: idle.signal.aborted, elapsedMs, calls: awsCalls.toJSON() });
  } finally {
    ended.abort();
    stop.removeEventListener('abort', draining);
    status.end();
    await telemetry.shutdown();
  }
}

/** A pipeline that was told to stop before it began: it has drained. */
function stoppedEarly(pipeline: string): RunSummary {
  const progress = progressOf(new AbortController().signal);
  return runSummary(
    pipeline,
    { reason: 'drained', unfinished: 0, progress },
    { isIdle: false, elapsedMs: 0, calls: {} },
  );
}

function statusText(progress: Readonly<RunProgress> | undefined, meter: RateMeter): string {
  if (progress === undefined || progress.partitions + progress.read === 0) return 'waiting for partitions';
  const { read, inFlight, acked, deadLettered } = progress;
  const rate = meter.rate(acked + deadLettered, performance.now());
  return `${read} read, ${inFlight} in flight, ${acked} written, ${deadLettered} dead-lettered, ${rate.toFixed(1)} tiles/s`;
}

function inFlightOf(progress: Readonly<RunProgress> | undefined): string {
  const count = progress?.inFlight ?? 0;
  return count === 0 ? 'nothing is in flight' : `${count} tiles in flight are finished first`;
}
