import { kafkaConnection } from '../publish/kafkaConnection.ts';
import { readAddress } from '../publish/readAddress.ts';
import type { DlqOptions } from './dlqOptions.ts';
import { forDeadLetters } from './forDeadLetters.ts';
import { readWhere } from './readWhere.ts';
import type { ScanCounts } from './scanCounts.ts';
import { scanLetters } from './scanLetters.ts';

/** Dead letters of one code and stage. */
export interface LetterGroup {
  readonly code: string;
  readonly stage: string;
  readonly count: number;
  /** How many of them a replay has sent. */
  readonly replayed: number;
  readonly waiting: number;
  /** When the first and the last of them was refused, as RFC 3339. */
  readonly first: string;
  readonly last: string;
}

/** What a list of dead letters tells, as `--json` prints it. */
export interface LetterList extends ScanCounts {
  readonly from: string;
  readonly total: number;
  readonly replayed: number;
  readonly waiting: number;
  /** The largest first. */
  readonly groups: readonly LetterGroup[];
}

/**
 * Counts dead letters by code and stage.
 *
 * @throws ConfigurationError when the address or the filter cannot be used, or there is no such topic or stream.
 */
export async function listLetters(from: string, options: DlqOptions): Promise<LetterList> {
  const address = readAddress(from, 'FROM', kafkaConnection(options, [from]));
  const matches = readWhere(options.where);
  const groups = new Map<string, { code: string; stage: string; count: number; replayed: number; times: number[] }>();
  const counts = await forDeadLetters(() =>
    scanLetters(address, options, (found) => {
      if (!matches(found)) return;
      const { code, stage, timeMs } = found.letter;
      const name = JSON.stringify([code, stage]);
      const group = groups.get(name) ?? { code, stage, count: 0, replayed: 0, times: [timeMs, timeMs] };
      groups.set(name, group);
      group.count += 1;
      if (found.replayed) group.replayed += 1;
      group.times = [Math.min(group.times[0] ?? timeMs, timeMs), Math.max(group.times[1] ?? timeMs, timeMs)];
    }),
  );
  const all = [...groups.values()].toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code));
  const sum = (of: (group: (typeof all)[number]) => number): number => all.reduce((total, own) => total + of(own), 0);
  const [total, replayed] = [sum(({ count }) => count), sum((own) => own.replayed)];
  return {
    from,
    total,
    replayed,
    waiting: total - replayed,
    groups: all.map(({ times, ...group }) => ({
      ...group,
      waiting: group.count - group.replayed,
      first: new Date(times[0] ?? 0).toISOString(),
      last: new Date(times[1] ?? 0).toISOString(),
    })),
    ...counts,
  };
}
