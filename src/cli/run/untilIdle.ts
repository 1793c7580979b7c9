import { setTimeout as timeout } from 'node:timers/promises';
import type { RunProgress } from '../../telemetry/runProgress.ts';

/** When a run counts as idle. */
export interface IdleOptions {
  /** Nothing came for so long, and nothing is in flight. */
  readonly idleMs: number;
  /** How long the log may take to give the run its first partition, in milliseconds; default 60,000. */
  readonly startMs?: number | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly now?: (() => number) | undefined;
  /** Waits between two looks; default a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const lookMs = 50;

/** Resolves with true when a run has become idle, with false when `signal` ended the waiting. */
export async function untilIdle(
  progress: Readonly<RunProgress>,
  { idleMs, startMs = 60_000, signal, now = () => performance.now(), sleep = abortable }: IdleOptions,
): Promise<boolean> {
  const startedMs = now();
  let before = '';
  let sinceMs = startedMs;
  while (!signal.aborted) {
    const { partitions, inFlight, read, skipped } = progress;
    const state = `${partitions} ${inFlight} ${read} ${skipped}`;
    const begun = partitions > 0 || read > 0 || now() - startedMs > startMs;
    if (state !== before || !begun || inFlight > 0) sinceMs = now();
    before = state;
    if (now() - sinceMs >= idleMs) return true;
    await sleep(Math.min(lookMs, idleMs), signal);
  }
  return false;
}

async function abortable(ms: number, signal: AbortSignal): Promise<void> {
  await timeout(ms, undefined, { signal }).catch(() => undefined);
}
