import { setTimeout as sleep } from 'node:timers/promises';
import { toSwathError } from '../errors/toSwathError.ts';

const attempts = 12;
const longestPauseMs = 5_000;

/** Makes a call again, after pauses that grow, for about half a minute as long as its failure may pass. */
export async function patiently<R>(call: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= attempts || !toSwathError(error).retryable) throw error;
    }
    await sleep(Math.min(longestPauseMs, 100 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
}
