import type { Arrival, DeliveryFacts, InputRecord } from './deliveryFacts.ts';
import type { Verdict } from './verdict.ts';

/** The first arrival of a record. */
interface First {
  readonly arrival: Arrival;
  readonly record: InputRecord;
}

/** Decides from what lies on the brokers, and from nothing else, what was lost, repeated or out of order. */
export function judgeDelivery({ topic, input, arrivals, committed }: DeliveryFacts): Verdict {
  const byOrigin = new Map(input.map((record) => [`${topic}/${record.partition}/${record.offset}`, record]));
  const times = new Map<InputRecord, number>();
  const firsts: First[] = [];
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
  const repeatedPositions = [...times].flatMap(([record, count]) => Array.from({ length: count - 1 }, () => record));
  return {
    records: input.length,
    lost: lost.length,
    repeated: repeatedPositions.length,
    lostPositions: lost.map(nameOf),
    repeatedPositions: repeatedPositions.map(nameOf),
    inversions: inversionsOf(
      firsts.filter(({ record }) => record.key !== null),
      ({ partition, key }) => `${partition} ${key}`,
    ),
    partitionInversions: inversionsOf(firsts, ({ partition }) => String(partition)),
    overCommitted: lost.filter(({ partition, offset }) => offset < (committed.get(partition) ?? 0n)).map(nameOf),
    strangers,
  };
}

/** A position counts when it came first: what comes again after a crash is a repetition, not an inversion. */
function inversionsOf(firsts: readonly First[], groupOf: (record: InputRecord) => string): string[] {
  const highest = new Map<string, bigint>();
  const inverted: string[] = [];
  for (const { arrival, record } of firsts) {
    const lane = `${arrival.topic}/${arrival.partition} ${groupOf(record)}`;
    const before = highest.get(lane) ?? -1n;
    if (record.offset < before) inverted.push(nameOf(record));
    else highest.set(lane, record.offset);
  }
  return inverted;
}

function nameOf({ partition, offset }: InputRecord): string {
  return `${partition}/${offset}`;
}
