import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { messageOf } from '../errors/messageOf.ts';

/**
 * Waits for the last commit of a source that failed, for some seconds: a log that takes no commit must not withhold why. Without it what it
 * tells comes again, which is a warning.
 */
export async function lastCommit(stream: string, commit: Promise<unknown>, limitMs = 5_000): Promise<void> {
  const over = new AbortController();
  const warn = (why: string): void => diag.warn(`the last commit to ${stream} failed: ${why}`);
  const late = sleep(limitMs, undefined, { signal: over.signal }).then(
    () => warn(`not confirmed within ${limitMs} ms`),
    () => undefined,
  );
  await Promise.race([commit.catch((failure: unknown) => !over.signal.aborted && warn(messageOf(failure))), late]);
  over.abort();
}
