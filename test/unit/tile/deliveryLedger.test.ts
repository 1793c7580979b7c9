import { ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryLedger } from '../../../src/tile/deliveryLedger.ts';
import { maxToldJobs } from '../../../src/tile/jobTrail.ts';
import { decodeOffsetMap, spanCap } from '../../../src/tile/offsetMap.ts';
import type { CommitEntry, SavedProgress } from '../../../src/tile/partitionLedger.ts';
import type { TrackedDelivery } from '../../../src/tile/trackedDelivery.ts';

interface Row {
  readonly slot: number;
  readonly bytes: number;
}

/** A partition of a log that outlives processes: its records, the last commit, and what really became of each record. */
class Shelf {
  readonly rows: readonly Row[];
  readonly outcomes = new Map<number, number>();
  saved: SavedProgress | undefined;
  owner = 0;
  /** Finished and covered by a commit; these must never come again. */
  readonly durable = new Set<number>();
  /** Records whose job was noted by the last commit, with its number. */
  jobs: readonly (readonly [slot: number, job: number])[] = [];

  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }

  commit(entry: CommitEntry): void {
    expect(entry.epoch).toBe(this.owner); // only the owner of an epoch commits
    expect(entry.nextSlot).toBeGreaterThanOrEqual(this.saved?.nextSlot ?? 0); // never back
    for (const { slot } of this.rows) {
      if (slot < entry.nextSlot) expect(this.outcomes.get(slot) ?? 0).toBeGreaterThan(0); // nothing above an unsettled record
    }
    this.saved = entry;
    const { finished = [], running = [], jobs = [] } = decodeOffsetMap(entry.map) ?? {};
    const mapped = finished.map((distance) => distance + entry.nextSlot);
    this.jobs = running.map((distance, i) => [distance + entry.nextSlot, jobs[i] ?? 0]);
    for (const slot of mapped) expect(this.outcomes.get(slot) ?? 0).toBeGreaterThan(0);
    for (const { slot } of this.rows) if (slot < entry.nextSlot || mapped.includes(slot)) this.durable.add(slot);
  }
}

/** One process: a ledger over the shelves it was given, driven step by step. */
class Process {
  readonly shelves: Shelf[];
  readonly held = new Set<number>();
  readonly cursors = new Map<number, number>();
  readonly open: TrackedDelivery<Row>[] = [];
  readonly nacked: TrackedDelivery<Row>[] = [];
  readonly returned: TrackedDelivery<Row>[] = [];
  /** By partition, the unfinished records whose job runs as far as this process can know, with its number. */
  readonly jobs = new Map<number, Map<number, number>>();
  readonly ledger: DeliveryLedger<Row>;
  readonly limits = { maxInFlight: 7, maxInFlightBytes: 40 };

  constructor(shelves: Shelf[]) {
    this.shelves = shelves;
    this.ledger = new DeliveryLedger<Row>({
      stream: 'tiles',
      ...this.limits,
      onNack: (delivery) => this.nacked.push(delivery),
      onReturned: (delivery) => this.returned.push(delivery),
    });
  }

  shelf(p: number): Shelf {
    const shelf = this.shelves[p];
    if (shelf === undefined) throw new Error(`no shelf ${p}`);
    return shelf;
  }

  assign(p: number): void {
    const shelf = this.shelf(p);
    shelf.owner += 1;
    const kept = this.held.has(p);
    if (!kept) this.jobs.set(p, new Map(shelf.jobs));
    this.ledger.assign(String(p), shelf.owner, shelf.saved);
    this.held.add(p);
    // After a rebalance a client reads from the committed position again, kept partition or not.
    if (!kept || shelf.owner % 2 === 0) this.cursors.set(p, shelf.saved?.nextSlot ?? 0);
  }

  revoke(p: number): void {
    if (!this.held.delete(p)) return;
    const before = this.open.filter((d) => d.origin.partition === String(p));
    this.ledger.revoke(String(p));
    for (const delivery of before) expect(delivery.abandoned).toBe(true);
    this.shelf(p).owner += 1; // somebody else's now
  }

  read(p: number): void {
    const ledger = this.ledger.held(String(p), this.shelf(p).owner);
    if (!this.held.has(p) || ledger === undefined) return;
    const shelf = this.shelf(p);
    const row = shelf.rows.find(({ slot }) => slot >= (this.cursors.get(p) ?? 0));
    if (row === undefined || !ledger.window.accepts(row.slot) || !this.ledger.hasRoom(row.bytes)) return;
    const record = { position: `${row.slot}`, slot: row.slot, bytes: row.bytes, value: row };
    const delivery = this.ledger.open(ledger, record, () => ({ context: ROOT_CONTEXT, openedMs: 0 }));
    this.cursors.set(p, row.slot + 1);
    if (delivery === undefined) {
      expect(shelf.outcomes.has(row.slot) || this.inWork(p, row.slot)).toBe(true); // skipped only what is finished or in flight
      return;
    }
    expect(shelf.durable.has(row.slot)).toBe(false); // a finished and committed record never comes again
    this.track(delivery);
  }

  track(delivery: TrackedDelivery<Row>): void {
    const { jobs, facts } = delivery;
    expect(jobs.passed).toBe(0);
    expect(jobs.told).toBe(this.jobsOf(delivery).get(facts.slot)); // exactly what was noted and is unfinished
    expect(jobs.runs).toBe(jobs.told === 0);
    if (jobs.told !== undefined) expect(delivery.redelivered).toBe(true);
    this.open.push(delivery);
  }

  jobsOf({ origin }: TrackedDelivery<Row>): Map<number, number> {
    return this.jobs.get(Number(origin.partition)) ?? new Map();
  }

  /** A stage starts its job, sees its outcome, or gives it up. */
  job(at: number, what: 'started' | 'ended' | 'lost'): void {
    const delivery = this.open[at % Math.max(1, this.open.length)];
    if (delivery === undefined) return;
    const { jobs, facts } = delivery;
    const { told, passed } = jobs;
    jobs[what]();
    // Once a job was started, or seen to be gone, there is nothing older to wait for; one of a later stage stays.
    const kept = what === 'ended' && told !== passed ? told : undefined;
    expect(jobs).toMatchObject({ told: kept, passed: what === 'ended' ? passed + 1 : passed });
    expect(jobs.runs).toBe(kept === jobs.passed);
    if (delivery.abandoned) return;
    const noted = this.jobsOf(delivery);
    if (what === 'started' && passed < maxToldJobs) noted.set(facts.slot, passed);
    else if (what !== 'ended' || noted.get(facts.slot) === passed) noted.delete(facts.slot);
  }

  inWork(p: number, slot: number): boolean {
    return [...this.open, ...this.nacked].some((d) => d.facts.slot === slot && d.origin.partition === String(p));
  }

  settle(at: number, how: 'ack' | 'nack', twice: boolean): void {
    const [delivery] = this.open.splice(at % Math.max(1, this.open.length), 1);
    if (delivery === undefined) return;
    const { abandoned } = delivery;
    if (how === 'ack' && !abandoned) this.record(delivery);
    delivery[how]('reason', 'stage');
    if (twice) delivery[how === 'ack' ? 'nack' : 'ack']('late', 'stage'); // settling twice is settling once
    if (abandoned) expect(this.nacked).not.toContain(delivery);
  }

  /** The policy's word on a nacked tile: in the dead letter, or once more. */
  decide(again: boolean): void {
    const delivery = this.nacked.shift();
    if (delivery === undefined) return;
    if (again) {
      const next = this.ledger.redeliver(delivery);
      expect(next === undefined).toBe(delivery.abandoned);
      if (next !== undefined) this.track(next);
      if (next !== undefined) expect(next.attempt).toBe(delivery.attempt + 1);
      return;
    }
    if (!delivery.abandoned) this.record(delivery);
    this.ledger.finish(delivery, 'settled');
  }

  record(delivery: TrackedDelivery<Row>): void {
    const { origin, facts } = delivery;
    this.jobsOf(delivery).delete(facts.slot);
    const { outcomes } = this.shelf(Number(origin.partition));
    outcomes.set(facts.slot, (outcomes.get(facts.slot) ?? 0) + 1);
  }

  commit(): void {
    for (const entry of this.ledger.takeCommits()) {
      const p = Number(entry.partition);
      this.shelf(p).commit(entry);
      expect(this.shelf(p).jobs).toEqual([...(this.jobs.get(p) ?? [])].sort(([a], [b]) => a - b));
    }
  }

  check(): void {
    const alive = [...this.open, ...this.nacked].filter((d) => !d.abandoned);
    expect(this.ledger.inFlight).toBe(alive.length);
    expect(this.ledger.inFlightBytes).toBe(alive.reduce((sum, d) => sum + d.facts.bytes, 0));
    expect(this.ledger.inFlight).toBeLessThanOrEqual(this.limits.maxInFlight);
    if (this.ledger.inFlight > 1) expect(this.ledger.inFlightBytes).toBeLessThanOrEqual(this.limits.maxInFlightBytes);
    expect(new Set(this.returned).size).toBe(this.returned.length); // credit comes back once
  }
}

const rows = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 0, max: 60 }) }), { maxLength: 60 })
  .map((steps) => {
    let slot = 0;
    return steps.map(({ step, bytes }) => {
      slot += step;
      return { slot, bytes };
    });
  });

type Step = readonly [name: string, p: number, n: number, flag: boolean];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      'read',
      'read',
      'read',
      'ack',
      'ack',
      'nack',
      'dead',
      'again',
      'job',
      'job',
      'jobEnds',
      'jobEnds',
      'jobLost',
      'commit',
      'assign',
      'revoke',
      'crash',
    ),
    fc.nat({ max: 1 }),
    fc.nat({ max: 30 }),
    fc.boolean(),
  ),
  { minLength: 20, maxLength: 400 },
);

function take(process: Process, [name, p, n, flag]: Step): Process {
  if (name === 'read') process.read(p);
  else if (name === 'ack' || name === 'nack') process.settle(n, name, flag);
  else if (name === 'dead' || name === 'again') process.decide(name === 'again');
  else if (name === 'job') process.job(n, 'started');
  else if (name === 'jobEnds') process.job(n, 'ended');
  else if (name === 'jobLost') process.job(n, 'lost');
  else if (name === 'commit') process.commit();
  else if (name === 'assign') process.assign(p);
  else if (name === 'revoke') process.revoke(p);
  else if (name === 'crash') return new Process(process.shelves); // everything in memory is gone
  return process;
}

describe('delivery ledger', () => {
  it('holds every delivery rule under any order of work, failure, rebalance and crash', () => {
    fc.assert(
      fc.property(rows, rows, steps, (left, right, script) => {
        const shelves = [new Shelf(left), new Shelf(right)];
        let process = new Process(shelves);
        for (const step of script) {
          process = take(process, step);
          process.check();
        }
        // However it went: a fresh process finishes what is left, and then every record had an outcome.
        process = new Process(shelves);
        for (const p of shelves.keys()) process.assign(p);
        for (let round = 0; round < 200; round++) {
          for (const p of shelves.keys()) process.read(p);
          process.settle(round, 'ack', false);
          process.check();
        }
        while (process.open.length > 0) process.settle(0, 'ack', false);
        for (const entry of process.ledger.takeCommits(true)) shelves[Number(entry.partition)]?.commit(entry);
        for (const shelf of shelves) {
          expect([...shelf.outcomes.keys()].sort((a, b) => a - b)).toEqual(shelf.rows.map(({ slot }) => slot));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('repeats after a crash only what was in flight or finished since the last commit', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.nat({ max: 30 }), { maxLength: 80 }),
        fc.nat({ max: 80 }),
        (log, order, commitAt) => {
          const shelf = new Shelf(log);
          const first = new Process([shelf]);
          first.assign(0);
          let sinceCommit = 0;
          order.forEach((n, i) => {
            first.read(0);
            first.read(0);
            if (first.open.length > 0) sinceCommit += 1;
            first.settle(n, 'ack', false);
            if (i === commitAt % 80) {
              first.commit();
              sinceCommit = 0;
            }
          });
          const inFlight = first.open.length;
          const finished = new Set(shelf.outcomes.keys());
          const second = new Process([shelf]);
          second.assign(0);
          let repeated = 0;
          for (let round = 0; round < 200; round++) {
            second.read(0);
            for (const delivery of second.open) if (finished.has(delivery.facts.slot)) repeated += 1;
            while (second.open.length > 0) second.settle(0, 'ack', false);
          }
          expect(repeated).toBeLessThanOrEqual(sinceCommit);
          expect(shelf.outcomes.size).toBe(log.length);
          expect(inFlight).toBeLessThanOrEqual(first.limits.maxInFlight);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('drops batches that were read under an earlier assignment, not those of one that was kept', () => {
    const process = new Process([new Shelf([{ slot: 0, bytes: 1 }])]);
    const { ledger } = process;
    ledger.assign('0', 3);
    expect(ledger.held('0', 3)).toBeDefined();
    ledger.assign('0', 4); // kept over a rebalance
    expect(ledger.held('0', 3)).toBe(ledger.held('0', 4));
    ledger.revoke('0');
    expect(ledger.held('0', 4)).toBeUndefined();
    ledger.assign('0', 6); // somebody else may have had it in between
    expect(ledger.held('0', 4)).toBeUndefined();
    expect(ledger.held('0', 6)).toBeDefined();
  });

  it('wakes who waits for room, and who waits for the end', async () => {
    const process = new Process([new Shelf([1, 2, 3, 4, 5, 6, 7, 8].map((slot) => ({ slot, bytes: 1 })))]);
    process.assign(0);
    for (let i = 0; i < 8; i++) process.read(0);
    expect(process.ledger.inFlight).toBe(7);
    expect(process.ledger.hasRoom(1)).toBe(false);
    const returned = process.ledger.returned();
    const idle = process.ledger.idle();
    process.settle(3, 'ack', false);
    await returned;
    expect(process.ledger.hasRoom(1)).toBe(true);
    process.revoke(0);
    await idle;
    expect(process.ledger.inFlight).toBe(0);
  });

  it('marks a fresh assignment once, and closes it clean after a drain', () => {
    const shelf = new Shelf([{ slot: 4, bytes: 1 }]);
    const first = new Process([shelf]);
    first.assign(0);
    const held = first.ledger.held('0', shelf.owner);
    expect(held?.marked).toBe(false);
    const mark = held?.takeMark(4);
    expect(mark).toMatchObject({ nextSlot: 4, position: undefined, epoch: shelf.owner });
    expect(held?.marked).toBe(true);
    shelf.saved = mark;

    const afterCrash = new Process([shelf]);
    afterCrash.assign(0);
    afterCrash.read(0);
    expect(afterCrash.open[0]?.redelivered).toBe(true); // somebody may have worked on it
    afterCrash.settle(0, 'ack', false);
    for (const entry of afterCrash.ledger.takeCommits(true)) shelf.commit(entry);

    // The first process may have delivered what the second did not come to; nobody has delivered what lies beyond its span.
    const afterDrain = new Process([new Shelf([5, 4 + spanCap].map((slot) => ({ slot, bytes: 1 })))]);
    afterDrain.shelf(0).saved = shelf.saved;
    afterDrain.assign(0);
    expect(afterDrain.ledger.held('0', afterDrain.shelf(0).owner)?.marked).toBe(false);
    for (const slot of [5, 4 + spanCap]) {
      afterDrain.read(0);
      expect(afterDrain.open[0]?.facts.slot).toBe(slot);
      expect(afterDrain.open[0]?.redelivered).toBe(slot === 5);
      afterDrain.settle(0, 'ack', false);
    }
    for (const entry of afterDrain.ledger.takeCommits(true)) afterDrain.shelf(0).commit(entry);
    expect(decodeOffsetMap(afterDrain.shelf(0).saved?.map ?? '')).toEqual({ finished: [], clean: true });
  });

  it('commits where reading begins though no record came, and says that nothing was delivered', () => {
    const { ledger } = new Process([new Shelf([])]);
    const begun = ledger.assign('0', 1, undefined, { begin: 7 });
    const [entry] = ledger.takeCommits();
    expect(entry).toMatchObject({ nextSlot: 7, position: undefined });
    expect(decodeOffsetMap(entry?.map ?? '')).toEqual({ finished: [], clean: true });
    expect(ledger.takeCommits()).toEqual([]);
    expect(decodeOffsetMap(begun.takeMark(7).map)).toMatchObject({ clean: false });
    expect(ledger.assign('1', 1, { nextSlot: 3, map: '' }, { begin: 7 }).window.nextSlot).toBe(3);
    expect(ledger.takeCommits()).toEqual([]);
  });
});
