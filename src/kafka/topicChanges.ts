import { exhaustMap, filter, interval, merge, type Observable } from 'rxjs';
import type { Ownership } from './ownership.ts';

const lookAgainMs = 10_000; // as old as the client lets its metadata become

/**
 * Emits the topic's id when it is another than that of the partitions held: fetches go on in a topic that was made anew, at the
 * place they had reached in the old one.
 *
 * @param ask - Answers the topic's id, or nothing where it is not told. What it throws says nothing.
 * @param suspected - Asks at once; else it is asked every ten seconds.
 */
export function topicChanges(
  ask: () => Promise<string | undefined>,
  ownership: Pick<Ownership, 'partitions' | 'logOf'>,
  suspected: Observable<void>,
): Observable<string> {
  const isAnother = (log: string): boolean =>
    ownership.partitions.some((partition) => (ownership.logOf(partition) ?? log) !== log);
  return merge(interval(lookAgainMs), suspected).pipe(
    exhaustMap(() => ask().catch(() => undefined)),
    filter((log) => log !== undefined),
    filter(isAnother),
  );
}
