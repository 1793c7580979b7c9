import { setTimeout as sleep } from 'node:timers/promises';
import { isCoordinatorAway } from './isCoordinatorAway.ts';

const longestMs = 20_000; // a new cluster makes the topic of the commits when the first group is asked for
const firstWaitMs = 100;
const longestWaitMs = 1000;

/**
 * Asks a group's coordinator, again and again while there is none, for up to 20 s.
 *
 * @param ask - Looks for the coordinator each time.
 * @throws What `ask` throws, where it is something else, or lasts.
 */
export async function askCoordinator<T>(ask: () => Promise<T>, deadlineMs = longestMs): Promise<T> {
  const startMs = performance.now();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!isCoordinatorAway(error) || performance.now() - startMs + waitMs > deadlineMs) throw error;
    }
    await sleep(waitMs);
  }
}
