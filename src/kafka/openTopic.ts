import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { WriteError } from '../errors/writeError.ts';
import type { WriteFaults } from './writeFaults.ts';

const attempts = 3;
const waitMs = 500;

/**
 * Looks for a topic before it is written to, a few times where it cannot be reached: then a mistake is likelier than an outage.
 *
 * @param look - Looks once, for some seconds.
 * @throws SourceError when the topic is missing, closed to us or cannot be reached.
 */
export async function openTopic(look: () => Promise<void>, faults: WriteFaults): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      if (attempt >= attempts) throw faults.atStart(error);
      diag.warn(`starting waits (attempt ${attempt}): ${error.message}`);
    }
    await sleep(waitMs);
  }
}
