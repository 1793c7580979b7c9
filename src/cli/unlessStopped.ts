import { setTimeout as sleep } from 'node:timers/promises';

/** Time for what is on its way when a command is stopped, in milliseconds: a service that answers needs less. */
const graceMs = 5_000;

/**
 * Waits for something, once `stop` is aborted no longer than it makes sense: answers undefined when it was given up.
 *
 * @param isBusy - Asked at the stop: whether something is on its way that is worth a few seconds. Default nothing is.
 */
export async function unlessStopped<T>(
  work: Promise<T>,
  stop: AbortSignal,
  isBusy: () => boolean = () => false,
): Promise<T | undefined> {
  const ended = new AbortController();
  const given = async (): Promise<undefined> => {
    await aborted(AbortSignal.any([stop, ended.signal]));
    if (isBusy()) await sleep(graceMs, undefined, { signal: ended.signal }).catch(() => undefined);
    return undefined;
  };
  try {
    return await Promise.race([work, given()]);
  } finally {
    ended.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
