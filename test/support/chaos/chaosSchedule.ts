/** Something that happens to a group or its brokers at a moment. */
export interface ChaosStep {
  /** From the start of the schedule, in milliseconds. */
  readonly atMs: number;
  readonly action: 'join' | 'leave' | 'die' | 'brokerDies' | 'brokerReturns';
  /** Number of the member or of the broker, from 1. A member that is gone does not come back: the next has the next number. */
  readonly who: number;
}

/** How a schedule is drawn. */
export interface ChaosOptions {
  readonly random: () => number;
  readonly forMs: number;
  /** Time from one change of the membership to the next, in milliseconds. */
  readonly everyMs: number;
  readonly members: { readonly least: number; readonly most: number };
  /** How many brokers there are, how often one of them dies, and for how long. */
  readonly brokers?: { readonly count: number; readonly everyMs: number; readonly downMs: number };
}

/** Draws what will happen, before anything does: the same numbers give the same schedule. */
export function chaosSchedule({ random, forMs, everyMs, members, brokers }: ChaosOptions): ChaosStep[] {
  const steps: ChaosStep[] = [];
  const present: number[] = [];
  let next = 1;
  for (let atMs = 0; atMs < forMs; atMs += everyMs) {
    const drawn = random();
    const joins = present.length < members.least || (present.length < members.most && drawn < 0.5);
    if (joins) {
      present.push(next);
      steps.push({ atMs, action: 'join', who: next++ });
      continue;
    }
    const [who = 0] = present.splice(Math.floor(random() * present.length), 1);
    steps.push({ atMs, action: random() < 0.5 ? 'leave' : 'die', who });
  }
  if (brokers === undefined) return steps;
  for (let atMs = brokers.everyMs; atMs + brokers.downMs < forMs; atMs += brokers.everyMs) {
    const who = 1 + Math.floor(random() * brokers.count);
    steps.push({ atMs, action: 'brokerDies', who }, { atMs: atMs + brokers.downMs, action: 'brokerReturns', who });
  }
  return steps.sort((a, b) => a.atMs - b.atMs);
}
