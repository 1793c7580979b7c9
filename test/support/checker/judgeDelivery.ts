import type { Arrival, DeliveryFacts, InputRecord } from './deliveryFacts.ts';
import type { Verdict } from './verdict.ts';

/** Decides from what lies on the brokers, and from nothing else, what was lost, repeated or out of order. */
export function judgeDelivery({ topic, input, arrivals, committed }: DeliveryFacts): Verdict {
  const byOrigin = new Map(input.map((record) => [`${topic}/${record.partition}/${record.offset}`, record]));
  const times = new Map<InputRecord, number>();
  const firsts: { readonly arrival: Arrival; readonly record: InputRecord }[] = [];
  const strangers: string[] = [];
  for (const arrival of arrivals) {
    const record = arrival.origin === undefined ? undefined : byOrigin.get(arrival.origin);
    if (record === undefined) {
      strangers.push(`${arrival.topic}/${arrival.partition}/${arrival.offset} from ${arrival.origin ?? 'nowhere'}`);
      continue;
    }
    const before = times.get(record) ?? 0;
    times.set(record, before + 1);
    if (before === 0) firsts.push({ arrival, record });
  }
  const lost = input.filter((record) => !times.has(record));
  const repeated = [...times].filter(([, count]) => count > 1);
  return {
    records: input.length,
    lost: lost.length,
    repeated: repeated.reduce((sum, [, count]) => sum + count - 1, 0),
    lostPositions: lost.map(nameOf),
    repeatedPositions: repeated.map(([record]) => nameOf(record)),
    inversions: inversionsOf(firsts),
    overCommitted: lost.filter(({ partition, offset }) => offset < (committed.get(partition) ?? 0n)).map(nameOf),
    strangers,
  };
}

/** A position counts when it came first: what comes again after a crash is a repetition, not an inversion. */
function inversionsOf(firsts: readonly { readonly arrival: Arrival; readonly record: InputRecord }[]): string[] {
  const highest = new Map<string, bigint>();
  const inverted: string[] = [];
  for (const { arrival, record } of firsts) {
    if (record.key === null) continue;
    const lane = `${arrival.topic}/${arrival.partition} ${record.partition} ${record.key}`;
    const before = highest.get(lane) ?? -1n;
    if (record.offset < before) inverted.push(nameOf(record));
    else highest.set(lane, record.offset);
  }
  return inverted;
}

function nameOf({ partition, offset }: InputRecord): string {
  return `${partition}/${offset}`;
}
