import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishedIn, LaneRun, outputsOf } from './laneRun.ts';
import type { Fate } from './memoryTransactions.ts';

const inOrder = (count: number): number[] => Array.from({ length: count }, (_, slot) => slot);

/** Waits until something holds; the test's own limit ends it otherwise. */
async function until(holds: () => boolean, meanwhile: () => void = () => undefined): Promise<void> {
  while (!holds()) {
    meanwhile();
    await sleep(1);
  }
}

/** Notes where the log breaks a promise: outputs without their progress, progress without its outputs, or progress that goes back. */
function watch(run: LaneRun): void {
  const written = new Map<number, number>();
  let before: readonly number[] = [];
  run.brokers.onCommit = ({ outputs, progress }) => {
    if (run.left) run.faults.push(`${outputs.join()} was written after the end`);
    for (const slot of outputs.map(Number)) written.set(slot, (written.get(slot) ?? 0) + 1);
    const finished = finishedIn(progress, run.count);
    for (const slot of before) if (!finished.includes(slot)) run.faults.push(`progress went back over ${slot}`);
    for (const slot of inOrder(run.count).filter((own) => outputsOf(own) > 0)) {
      const wanted = finished.includes(slot) ? outputsOf(slot) : 0;
      const found = written.get(slot) ?? 0;
      if (found !== wanted) run.faults.push(`slot ${slot} has ${found} outputs, and its progress stands for ${wanted}`);
    }
    before = finished;
  };
}

/** Runs to the end: everything is finished. */
async function finish(run: LaneRun): Promise<void> {
  await until(
    () => run.done && run.pending === 0,
    () => run.commit(),
  );
  await run.close();
}

/** What a lane goes through while its records are worked on. */
const fates = fc.array(
  fc.constantFrom<Fate>('commits', 'refuses', 'loses', 'losesAnswer', 'endsLater', 'another', 'anotherInDoubt'),
  { maxLength: 8 },
);
const order = fc
  .integer({ min: 1, max: 9 })
  .chain((count) => fc.shuffledSubarray(inOrder(count), { minLength: count }));
const steps = fc.array(fc.constantFrom('commit', 'rebalance', 'rest'), { maxLength: 6 });

async function take(run: LaneRun, step: string): Promise<void> {
  if (step === 'commit') run.commit();
  else if (step === 'rebalance') await run.rebalance();
  else await sleep(1);
}

describe('TransactionLane', () => {
  it('writes the outputs of each record once and with its progress, whatever becomes of its transactions', async () => {
    await fc.assert(
      fc.asyncProperty(order, fates, steps, async (slots, all, way) => {
        const run = new LaneRun(slots, all);
        watch(run);
        await run.assign();
        for (const step of way) await take(run, step);
        await finish(run);
        expect(run.faults).toEqual([]);
        const outputs = run.brokers.log.flatMap((own) => own.outputs);
        expect(outputs.toSorted()).toEqual(slots.flatMap((slot) => Array(outputsOf(slot)).fill(`${slot}`)).toSorted());
      }),
      { numRuns: 150 },
    );
  });

  it('ends every write and commit when it is closed at any moment, and writes nothing after that', async () => {
    await fc.assert(
      fc.asyncProperty(order, fates, steps, fc.boolean(), async (slots, all, way, early) => {
        const run = new LaneRun(slots, all);
        watch(run);
        const assigned = run.assign();
        if (!early) await assigned;
        for (const step of way) await take(run, step);
        await run.close();
        await assigned;
        expect(run.pending).toBe(0);
        await sleep(2); // what was due would be tried now
        expect(run.faults).toEqual([]);
        expect(run.brokers.closed).toBeGreaterThanOrEqual(run.brokers.claims);
      }),
      { numRuns: 100 },
    );
  });

  it('makes a transaction that did not count again, and tells the sink why its writes failed', async () => {
    const run = new LaneRun([0], ['loses']);
    await run.assign();
    await finish(run);
    expect(run.failures).toMatchObject([
      { code: 'WRITE_FAILED', message: expect.stringContaining('connection is lost') },
    ]);
    expect(run.brokers.log.map(({ outputs }) => outputs)).toEqual([['0']]);
  });

  it.each<Fate>(['losesAnswer', 'endsLater'])('asks the log whether a transaction counted (%s)', async (fate) => {
    const run = new LaneRun([0], [fate]);
    await run.assign();
    await finish(run);
    expect(run.failures).toEqual([]);
    expect(run.brokers.log).toHaveLength(1);
    expect(run.brokers.claims).toBe(2);
  });

  it('gives the partition up when another producer counts, though that has committed nothing yet', async () => {
    const run = new LaneRun([0], ['another']);
    run.brokers.onAnother = () => undefined;
    await run.assign();
    const first = run.lane;
    await finish(run);
    expect(run.lane).not.toBe(first);
    expect(run.failures).toMatchObject([{ code: 'WRITE_ABANDONED' }]);
    expect(run.brokers.log.map(({ outputs }) => outputs)).toEqual([['0']]);
  });

  it('fails what was written when the id can never be claimed again', async () => {
    const run = new LaneRun([0], ['loses']);
    await run.assign();
    run.brokers.claimFaults.push(Object.assign(new Error('too long'), { type: 'INVALID_TRANSACTION_TIMEOUT' }));
    await until(() => run.failures.length > 0);
    await run.close();
    expect(run.failures[0]).toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringContaining('transaction.max.timeout.ms'),
    });
  });

  it('asks again while the id cannot be claimed, before it says what became of a transaction', async () => {
    const run = new LaneRun([0], ['losesAnswer']);
    await run.assign();
    run.brokers.claimFaults.push(new Error('no coordinator'), new Error('no coordinator'));
    await finish(run);
    expect(run.failures).toEqual([]);
    expect(run.brokers.log).toHaveLength(1);
    expect(run.brokers.closed).toBe(4); // two that did not get it, the one that failed, and the last
  });
});
