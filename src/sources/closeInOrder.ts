import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { messageOf } from '../errors/messageOf.ts';

const closingMs = 5_000; // for leaving a group in order

/** Waits until what a source frees is closed, for some seconds; a failure is a warning, since everything is committed by then. */
export async function closeInOrder(stream: string, closing: readonly Promise<unknown>[]): Promise<void> {
  const over = new AbortController();
  const warn = (failure: unknown): void => diag.warn(`closing ${stream} failed: ${messageOf(failure)}`);
  const late = sleep(closingMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(closing.map((each) => each.catch(warn))), late]);
  over.abort();
}
