import { ConfigurationError } from '../../errors/configurationError.ts';
import type { SwathError } from '../../errors/swathError.ts';

/** What became of a dead letter that a log answered for: it took it, not at this size, or not at all. */
export type SendOutcome = 'sent' | 'tooLarge' | 'unsendable';

const closed = new Set(['TOPIC_MISSING', 'STREAM_MISSING', 'AUTHORIZATION']);

/** True where a log takes nothing at all: it is not there, closed to us, or none can have its name. */
export function isClosed(reason: SwathError): boolean {
  return closed.has(reason.code) || reason instanceof ConfigurationError;
}

/**
 * Tells what a failed send means for the dead letter.
 *
 * @param ownOrigin - Whether the log is where this one came from: another one may have come from elsewhere.
 * @returns `undefined` where it says nothing of the letter, like an outage.
 */
export function outcomeOf(reason: SwathError, ownOrigin: boolean): SendOutcome | undefined {
  if (reason.code === 'RECORD_TOO_LARGE_TO_WRITE') return 'tooLarge';
  return reason.code === 'RECORD_REFUSED' || (ownOrigin && isClosed(reason)) ? 'unsendable' : undefined;
}
