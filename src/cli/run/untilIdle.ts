import { setTimeout as timeout } from 'node:timers/promises';
import type { RunProgress } from '../../telemetry/runProgress.ts';

/** When a run counts as idle. */
export interface IdleOptions {
  /** Nothing came for so long, and nothing is in flight. */
  readonly idleMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly now?: (() => number) | undefined;
  /** Waits between two looks; default a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const lookMs = 50;

/**
 * Resolves with true when a run has become idle, with false when `signal` ended the waiting.
 *
 * Time counts while all that lay in the log is settled, and the log is not giving out its partitions.
 */
export async function untilIdle(
  progress: Readonly<RunProgress>,
  { idleMs, signal, now = () => performance.now(), sleep = abortable }: IdleOptions,
): Promise<boolean> {
  let before = '';
  let sinceMs = now();
  while (!signal.aborted) {
    const { sources, caughtUp, turns, inFlight, read, skipped } = progress;
    const isAtEnd = sources > 0 && caughtUp === sources && inFlight === 0;
    const state = `${isAtEnd} ${turns} ${read} ${skipped}`;
    if (state !== before || !isAtEnd) sinceMs = now();
    before = state;
    if (now() - sinceMs >= idleMs) return true;
    await sleep(Math.min(lookMs, idleMs), signal);
  }
  return false;
}

async function abortable(ms: number, signal: AbortSignal): Promise<void> {
  await timeout(ms, undefined, { signal }).catch(() => undefined);
}
