import type { DeliveryEvent } from '../chaos/deliveryEvent.ts';

/** Time by the wall clock in which brokers were harmed. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one process did. */
export interface ProcessLog {
  readonly events: readonly DeliveryEvent[];
  /** When the process was seen to have ended, by the wall clock: no write of it is on its way after that. */
  readonly endedMs: number;
}

/** What repeats are judged by. */
export interface RepeatFacts {
  /** Of all processes there were; each has ended. */
  readonly logs: readonly ProcessLog[];
  /** As {@link Verdict.repeatedPositions}. */
  readonly repeatedPositions: readonly string[];
  /** A write on its way in one may be made twice: it took effect, and the answer was lost. */
  readonly outages?: readonly Outage[];
}

/** How what was repeated compares with what may be. */
export interface RepeatVerdict {
  /** Deliveries whose partition went, with their process or without it, while they were in flight, or finished since the last confirmed commit. */
  readonly uncommitted: number;
  /** Writes on their way while brokers were harmed. */
  readonly doubtful: number;
  /** Positions repeated more often than they were uncommitted or doubtful, each as often as that. */
  readonly unexplained: readonly string[];
}

/**
 * Says which repeats have no cause that the guarantee names.
 *
 * A tile may be delivered again only if its delivery before was not finished in a confirmed commit. So of all deliveries of a position
 * at most one is, and each of the others is `uncommitted`.
 */
export function judgeRepeats({ logs, repeatedPositions, outages = [] }: RepeatFacts): RepeatVerdict {
  const uncommitted = logs.flatMap(uncommittedIn);
  const doubtful = logs.flatMap((log) => doubtfulIn(log, outages));
  const allowed = new Map<string, number>();
  for (const position of [...uncommitted, ...doubtful]) allowed.set(position, (allowed.get(position) ?? 0) + 1);
  const unexplained = repeatedPositions.filter((position) => {
    const left = allowed.get(position) ?? 0;
    allowed.set(position, left - 1);
    return left <= 0;
  });
  return { uncommitted: uncommitted.length, doubtful: doubtful.length, unexplained };
}

function uncommittedIn({ events }: ProcessLog): string[] {
  const committed = new Map<number, number>(); // of each session: how many of all the deliveries were finished before its last commit
  const place = new Map<number, number>(); // of each delivery among those that were finished
  for (const event of events) {
    if ('confirmed' in event) committed.set(event.confirmed, event.after);
    if ('finished' in event) place.set(event.finished, place.size);
  }
  const isTold = (delivery: number, session: number): boolean =>
    (place.get(delivery) ?? Number.POSITIVE_INFINITY) < (committed.get(session) ?? 0);
  return events
    .filter((event) => 'opened' in event)
    .filter(({ opened, session }) => !isTold(opened, session))
    .map(({ position }) => position);
}

function doubtfulIn({ events, endedMs }: ProcessLog, outages: readonly Outage[]): string[] {
  const positions = new Map<number, string>();
  const begun = new Map<number, number>();
  const ended = new Map<number, number>();
  for (const event of events) {
    if ('opened' in event) positions.set(event.opened, event.position);
    if ('writing' in event) begun.set(event.writing, event.atMs);
    if ('finished' in event) ended.set(event.finished, event.atMs);
  }
  return outages.flatMap(({ fromMs, toMs }) =>
    [...begun]
      .filter(([id, atMs]) => atMs <= toMs && (ended.get(id) ?? endedMs) >= fromMs)
      .map(([id]) => positions.get(id) ?? ''),
  );
}
