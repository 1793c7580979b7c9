import { setTimeout as sleep } from 'node:timers/promises';
import detect from '../../../pipelines/detect.ts';
import { type RunReport, runPipeline } from '../../pipeline/runPipeline.ts';
import type { RunProgress } from '../../telemetry/runProgress.ts';
import type { DemoConfig } from './demoSettings.ts';

/** A run of the pipeline over tiles that are published meanwhile. */
export interface PublishedRun {
  readonly config: DemoConfig;
  /** How many tiles there are. */
  readonly count: number;
  /** Publishes them all; the run ends in its error when it fails. */
  readonly publish: () => Promise<void>;
  /** Aborting it drains. */
  readonly stop: AbortSignal;
  /** Called a few times a second. */
  readonly show: (progress: Readonly<RunProgress>) => void;
}

const lookMs = 50;

/** How it went. */
export interface PublishedOutcome {
  readonly report: RunReport;
  /** From the start of publishing to the settlement of the last tile, or to the stop. */
  readonly elapsedMs: number;
}

/** Runs the pipeline until every published tile is settled, or it is stopped; then drains it. */
export async function runPublished({ config, count, publish, stop, show }: PublishedRun): Promise<PublishedOutcome> {
  const done = new AbortController();
  const drain = AbortSignal.any([stop, done.signal]);
  let progress: Readonly<RunProgress> | undefined;
  let ended = false;
  const startMs = performance.now();
  let elapsedMs = 0;
  const running = runPipeline(detect, { config, drain, onStart: (counters) => (progress = counters) }).finally(() => {
    ended = true;
  });
  const watching = async (): Promise<void> => {
    while (!ended && !drain.aborted) {
      await sleep(lookMs);
      if (progress === undefined) continue;
      show(progress);
      elapsedMs = performance.now() - startMs;
      if (progress.inFlight === 0 && progress.acked + progress.deadLettered >= count) done.abort();
    }
  };
  const publishing = publish().catch((error: unknown) => {
    done.abort();
    throw error;
  });
  const [report, published] = await Promise.allSettled([running, publishing, watching()]);
  // A pipeline that failed is why nobody published on, and the other way round: the pipeline's own error says more.
  if (report.status === 'rejected') throw report.reason;
  if (published.status === 'rejected') throw published.reason;
  return { report: report.value, elapsedMs };
}
