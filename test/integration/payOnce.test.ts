import { type Observable, type Subscription, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromReader } from '../../src/sources/fromReader.ts';
import { openSessions } from '../../src/sources/openSessions.ts';
import { type MemoryLog, memoryLog } from '../../src/testing.ts';
import type { Envelope } from '../../src/tile/envelope.ts';
import { decodeOffsetMap } from '../../src/tile/offsetMap.ts';

interface Row {
  readonly id: number;
}

const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const neverAborted = new AbortController().signal;

/** Delivers and settles nothing: what a process does that is about to crash. */
function holding(log: MemoryLog<Row>, seen: Envelope<Row>[]): Subscription {
  const source: Observable<Envelope<Row>> = fromReader(log, { drain: neverAborted, maxInFlight: 20 });
  return source.pipe(tap((envelope) => seen.push(envelope))).subscribe();
}

describe('jobs that outlive the process that started them', () => {
  it('are told by a commit although no tile was settled, and known to whoever gets the records next', async () => {
    const log = memoryLog(rows(10), { endless: true });
    const before: Envelope<Row>[] = [];
    const crashing = holding(log, before);
    await expect.poll(() => before.length).toBe(10);
    expect(before.some(({ delivery }) => delivery.jobRuns)).toBe(false);
    for (const { tile, delivery } of before) if (tile.id % 3 !== 0) delivery.jobStarted();
    before[4]?.delivery.jobEnded();
    const told = () => decodeOffsetMap(log.stored('0')?.map ?? '')?.running;
    await expect.poll(told).toEqual([1, 2, 5, 7, 8]);
    crashing.unsubscribe();
    await openSessions(neverAborted).closed(); // else it would close the log under its successor

    const after: Envelope<Row>[] = [];
    const second = holding(log, after);
    await expect.poll(() => after.length).toBe(10);
    expect(after.filter(({ delivery }) => delivery.jobRuns).map(({ tile }) => tile.id)).toEqual([1, 2, 5, 7, 8]);
    after[1]?.ack();
    after[2]?.delivery.jobEnded();
    await expect.poll(told).toEqual([5, 7, 8]);
    second.unsubscribe();
  });
});
