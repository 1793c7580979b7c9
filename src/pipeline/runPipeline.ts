import {
  EMPTY,
  firstValueFrom,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  merge,
  type Observable,
  of,
  race,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { longestTimerMs } from '../config/longestTimerMs.ts';
import { openSessions } from '../sources/openSessions.ts';
import { progressOf, type RunProgress } from '../telemetry/runProgress.ts';
import type { Pipeline } from './definePipeline.ts';

/** How a run is to go. */
export interface RunOptions<S extends z.ZodType> {
  /** Configuration, checked against the pipeline's schema. */
  readonly config?: z.input<S> | undefined;
  /** Aborting it drains: sources stop reading, what is in flight is finished and committed. */
  readonly drain?: AbortSignal | undefined;
  /** Aborting it stops at once; what is in flight comes again. */
  readonly abandon?: AbortSignal | undefined;
  /** Time for draining, in milliseconds; default the configuration's `drainMs`, else 30,000. */
  readonly drainMs?: number | undefined;
  /** Called with the run's counters before it starts; they change while it runs. */
  readonly onStart?: ((progress: Readonly<RunProgress>) => void) | undefined;
}

/** Why a run ended: its sources ended; it was drained; draining took too long; it was abandoned. */
export type ExitReason = 'completed' | 'drained' | 'deadline' | 'abandoned';

/** How a run went. */
export interface RunReport {
  readonly reason: ExitReason;
  /**
   * Tiles in flight at the end, where the reason is `deadline` or `abandoned`, and those whose partition was taken away in the drain; they
   * come again.
   */
  readonly unfinished: number;
  readonly progress: Readonly<RunProgress>;
}

const closingMs = 5_000; // for leaving a group in order after a run failed or was cut off

/**
 * Runs a pipeline until its sources end, or until it is told to stop.
 *
 * @throws ConfigurationError before anything is started, when the configuration breaks the schema.
 * @throws The pipeline's own error, when it fails.
 * @example
 * const stop = new AbortController();
 * process.once('SIGTERM', () => stop.abort());
 * const { reason } = await runPipeline(pipeline, { config, drain: stop.signal });
 */
export async function runPipeline<S extends z.ZodType>(
  pipeline: Pipeline<S>,
  options: RunOptions<S> = {},
): Promise<RunReport> {
  const config = checkConfig(pipeline.config, options.config ?? {});
  const drain = AbortSignal.any(options.drain === undefined ? [new AbortController().signal] : [options.drain]);
  const progress = progressOf(drain);
  let cut: 'deadline' | 'abandoned' | undefined;
  const cutOff = merge(
    aborted(drain).pipe(
      switchMap(() => timer(Math.min(options.drainMs ?? drainMsOf(config), longestTimerMs))),
      tap(() => (cut ??= 'deadline')),
    ),
    aborted(options.abandon).pipe(tap(() => (cut ??= 'abandoned'))),
  );
  let inFlight = 0;
  options.onStart?.(progress);
  const stream = pipeline
    .build({ config, name: pipeline.name, drain })
    .pipe(ignoreElements(), takeUntil(cutOff.pipe(tap(() => (inFlight = progress.inFlight)))));
  try {
    await lastValueFrom(stream, { defaultValue: undefined });
  } finally {
    await firstValueFrom(race(openSessions(drain).closed(), timer(closingMs)));
  }
  const reason = cut ?? (drain.aborted ? 'drained' : 'completed');
  return { reason, unfinished: inFlight + progress.takenAway, progress };
}

/** Emits once when the signal aborts, at once when it is already. */
function aborted(signal: AbortSignal | undefined): Observable<unknown> {
  if (signal === undefined) return EMPTY;
  return signal.aborted ? of(undefined) : fromEvent(signal, 'abort');
}

function drainMsOf(config: unknown): number {
  const given = typeof config === 'object' && config !== null && 'drainMs' in config ? config.drainMs : undefined;
  return typeof given === 'number' ? given : 30_000;
}
