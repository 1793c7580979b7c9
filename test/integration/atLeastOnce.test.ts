import { first, lastValueFrom, map, type Observable, Subject, takeUntil, tap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SwathError } from '../../src/errors/swathError.ts';
import { mapTile } from '../../src/operators/mapTile.ts';
import type { RecordReader } from '../../src/ports/recordReader.ts';
import { toDeadLetter } from '../../src/sinks/toDeadLetter.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { redeliver } from '../../src/sources/redeliver.ts';
import { progressOf } from '../../src/telemetry/runProgress.ts';
import { ackAll, memoryLog, memoryWriter } from '../../src/testing.ts';
import type { Envelope } from '../../src/tile/envelope.ts';
import { decodeOffsetMap, spanCap } from '../../src/tile/offsetMap.ts';
import { wrapReader } from '../support/chaos/wrapReader.ts';

class PassingError extends SwathError {
  override readonly code = 'PASSING';
  override readonly retryable = true;
}

interface Row {
  readonly id: number;
  readonly ms?: number;
  readonly key?: string;
}

const neverAborted = new AbortController().signal;
const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const outRecord = ({ tile }: Envelope<Row>) => ({ key: null, value: Buffer.from(String(tile.id)), headers: [] });
const wait = mapTile('wait', ({ ms = 1 }: Row) => timer(ms).pipe(map(() => ({ waited: true }))));
const ids = (envelopes: Envelope<Row>[]): number[] => envelopes.map(({ tile }) => tile.id);
const run = (stream: Observable<Envelope<Row>>): Promise<Envelope<Row>[]> => lastValueFrom(stream.pipe(toArray()));

describe('delivery from a log', () => {
  it('commits only the finished prefix when tiles finish out of order', async () => {
    const log = memoryLog(rows(3));
    const done: number[] = [];
    const turns = [() => done.includes(1), () => true, () => log.committed.includes('1')];
    const inTurn = mapTile('wait', ({ id }: Row) =>
      timer(0, 1).pipe(
        first(() => turns[id]?.() === true),
        map(() => ({})),
      ),
    );
    const note = tap(({ tile }: Envelope<Row>) => done.push(tile.id));
    await run(fromReader(log, { maxInFlight: 3, drain: neverAborted }).pipe(inTurn, ackAll<Row>(), note));
    expect(log.committed).toEqual(['1', '2']); // position 1 finished first and was not committed alone
  });

  it('acknowledges after the writer confirmed, writes each record once and closes clean', async () => {
    const log = memoryLog(rows(1_000), { partitionOf: ({ id }) => String(id % 3) });
    const writer = memoryWriter();
    await run(
      fromReader(log, { drain: neverAborted, maxInFlight: 50 }).pipe(wait, toWriter(writer, { toRecord: outRecord })),
    );
    expect(writer.records.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
      rows(1_000).map(({ id }) => id),
    );
    expect(writer.closed).toBe(true);
    for (const partition of ['0', '1', '2']) {
      expect(decodeOffsetMap(log.stored(partition)?.map ?? '')).toEqual({ finished: [], clean: true });
    }
    expect(log.stored('0')?.nextSlot).toBe(334);
  });

  it('never has more in flight than the cap, in count and in bytes', async () => {
    const log = memoryLog(rows(300), { bytesOf: ({ id }) => 1 + (id % 7) });
    const seen = { tiles: 0, bytes: 0, maxTiles: 0, maxBytes: 0 };
    const count = (sign: 1 | -1) => (envelope: Envelope<Row>) => {
      seen.tiles += sign;
      seen.bytes += sign * (1 + (envelope.tile.id % 7));
      seen.maxTiles = Math.max(seen.maxTiles, seen.tiles);
      seen.maxBytes = Math.max(seen.maxBytes, seen.bytes);
    };
    const source = fromReader(log, { drain: neverAborted, maxInFlight: 20, maxInFlightBytes: 60 });
    const out = await run(source.pipe(tap(count(1)), wait, tap(count(-1)), ackAll()));
    expect(out).toHaveLength(300);
    expect(seen.maxTiles).toBeLessThanOrEqual(20);
    expect(seen.maxBytes).toBeLessThanOrEqual(60);
    expect(seen.maxTiles).toBeGreaterThan(10);
  });

  it('finishes and commits what is in flight when drained, and reads no more', async () => {
    const log = memoryLog(rows(1_000), { endless: true });
    const stop = new AbortController();
    let given = 0;
    const source = fromReader(log, { drain: stop.signal, maxInFlight: 10 });
    const stopEarly = tap<Envelope<Row>>(() => {
      given += 1;
      if (given === 100) stop.abort();
    });
    const out = await run(source.pipe(stopEarly, wait, ackAll()));
    expect(out.length).toBeLessThanOrEqual(110);
    expect(log.stored('0')?.nextSlot).toBe(out.length);
    const stopAgain = new AbortController();
    const stopLate = tap(({ tile }: Envelope<Row>) => {
      if (tile.id === 999) stopAgain.abort();
    });
    const rest = await run(
      fromReader(log, { drain: stopAgain.signal, maxInFlight: 1 }).pipe(wait, ackAll<Row>(), stopLate),
    );
    expect([...ids(out), ...ids(rest)].sort((a, b) => a - b)).toEqual(rows(1_000).map(({ id }) => id)); // nothing twice, nothing lost
  });

  it('gives up what is in flight on unsubscription, and delivers it again to the next', async () => {
    const log = memoryLog(rows(50));
    const firstDone: number[] = [];
    const cut = new Subject<void>();
    const slowOdd = mapTile('wait', ({ id }: Row) => timer(id % 2 === 0 ? 1 : 10_000).pipe(map(() => ({}))));
    await run(
      fromReader(log, { drain: neverAborted, maxInFlight: 50 }).pipe(
        slowOdd,
        ackAll(),
        tap(({ tile }) => {
          firstDone.push(tile.id);
          if (firstDone.length === 25) setTimeout(() => cut.next(), 5);
        }),
        takeUntil(cut),
      ),
    );
    const redelivered: boolean[] = [];
    const out = await run(
      fromReader(log, { drain: neverAborted }).pipe(
        tap(({ delivery }) => redelivered.push(delivery.redelivered)),
        ackAll(),
      ),
    );
    expect(ids(out)).toEqual(
      rows(50)
        .map(({ id }) => id)
        .filter((id) => id % 2 === 1),
    ); // the even ones lie in the map
    expect(redelivered.every(Boolean)).toBe(true);
  });

  it('commits nothing more once unsubscribed', async () => {
    const log = memoryLog(rows(30), { endless: true });
    const cut = new Subject<void>();
    let done = 0;
    const source = fromReader(log, { drain: neverAborted, maxInFlight: 30, commitIntervalMs: 60_000 });
    const cutLate = tap<Envelope<Row>>(() => {
      done += 1;
      if (done === 20) cut.next();
    });
    await run(source.pipe(wait, ackAll<Row>(), cutLate, takeUntil(cut)));
    const commits = log.commits.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.commits.length).toBe(commits);
    expect(log.stored('0')?.nextSlot).toBeLessThan(20); // the mark and the first commit, an interval ago
  });

  it('leaves its log when unsubscribed, though a commit is made until it has left', async () => {
    const log = memoryLog(rows(30), { endless: true });
    const left = Promise.withResolvers<void>();
    const cut = new Subject<void>();
    const stuck: RecordReader<Row> = wrapReader(log, {
      commit: async (commits) => {
        await log.commit(commits);
        if (commits.some(({ nextSlot }) => nextSlot > 0)) {
          cut.next();
          await left.promise;
        }
      },
      close: async () => left.resolve(),
    });
    await run(fromReader(stuck, { drain: neverAborted }).pipe(wait, ackAll<Row>(), takeUntil(cut)));
    await left.promise;
    expect(log.stored('0')?.nextSlot).toBeGreaterThan(0);
  });

  it('ends with why its log refuses it, also when it drains and reads no more', async () => {
    const log = memoryLog(rows(30), { endless: true });
    const drain = new AbortController();
    const refusing: RecordReader<Row> = wrapReader(log, {
      read: (events, signal) => {
        drain.signal.addEventListener('abort', () => {
          events.failed(new Error('refused for good'));
          log.revoke('0');
        });
        return log.read(events, signal);
      },
    });
    const source = fromReader(refusing, { drain: drain.signal }).pipe(
      tap(({ tile }) => tile.id === 10 && setImmediate(() => drain.abort())),
      mapTile('wait', () => timer(60_000).pipe(map(() => ({})))),
      ackAll<Row>(),
    );
    await expect(run(source)).rejects.toThrow('refused for good');
  });

  it('counts what is taken away while it drains: its end must not hide that it comes again', async () => {
    const log = memoryLog(rows(30), { endless: true, partitionOf: ({ id }) => String(id % 2) });
    const drain = new AbortController();
    const stuck = mapTile('wait', ({ id }: Row) => timer(id % 2 === 0 ? 60_000 : 1).pipe(map(() => ({}))));
    const begun = tap(({ tile }: Envelope<Row>) => {
      if (tile.id === 29) setImmediate(() => drain.abort());
    });
    drain.signal.addEventListener('abort', () => log.revoke('0'));
    await run(fromReader(log, { drain: drain.signal }).pipe(begun, stuck, ackAll<Row>()));
    expect(progressOf(drain.signal)).toMatchObject({ takenAway: 15, inFlight: 0 });
    expect(log.stored('1')?.nextSlot).toBe(15);
  });

  it('halts on the first failed tile by default, with its reason, and commits what is finished', async () => {
    const log = memoryLog(rows(10));
    const fail = mapTile('label', async ({ id }: Row) => {
      if (id === 5) throw new Error('no such label');
      return {};
    });
    await expect(run(fromReader(log, { drain: neverAborted, maxInFlight: 1 }).pipe(fail, ackAll()))).rejects.toThrow(
      'no such label',
    );
    expect(log.stored('0')?.nextSlot).toBe(5);
  });

  it('redelivers what may succeed, and dead-letters the rest before its position counts', async () => {
    const log = memoryLog(rows(20));
    const dead = memoryWriter({ stream: 'dead' });
    const policy = toDeadLetter<Row>(dead, ({ record, reason, stage, attempt }) => ({
      key: null,
      value: Buffer.from(JSON.stringify({ id: record.id, code: reason.code, stage, attempt })),
      headers: [],
    }));
    const drain = new AbortController().signal;
    const flaky = mapTile(
      'label',
      async ({ id }: Row, { delivery }) => {
        if (id === 3 && delivery.attempt < 3) throw new PassingError('later');
        if (id === 7) throw new PassingError('never');
        if (id === 9) throw new TypeError('broken');
        return {};
      },
      { retry: { maxAttempts: 1 } },
    );
    const onNack = redeliver({ delayMs: () => 1, maxAttempts: 3, otherwise: policy });
    const out = await run(fromReader(log, { drain, maxInFlight: 4, onNack }).pipe(flaky, ackAll()));
    expect(ids(out).sort((a, b) => a - b)).toEqual(
      rows(20)
        .map(({ id }) => id)
        .filter((id) => id !== 7 && id !== 9),
    );
    const letters = dead.records.map(({ value }) => JSON.parse(String(value))).sort((a, b) => a.id - b.id);
    expect(letters).toEqual([
      { id: 7, code: 'PASSING', stage: 'label', attempt: 3 },
      { id: 9, code: 'STAGE_FAILED', stage: 'label', attempt: 1 },
    ]);
    expect(dead.closed).toBe(true);
    expect(log.stored('0')?.nextSlot).toBe(20);
    expect(progressOf(drain)).toMatchObject({ read: 20, acked: 18, deadLettered: 2, redelivered: 4, inFlight: 0 });
  });

  it('takes a record that cannot be decoded to the policy, with its bytes, and goes on', async () => {
    const log = memoryLog(rows(3));
    const failed: unknown[] = [];
    const out = await run(
      fromReader<Row, Row>(log, {
        drain: neverAborted,
        decode: (row) => {
          if (row.id === 1) throw new RangeError('not a tile');
          return row;
        },
        onNack: async ({ record, stage, reason }) => {
          failed.push({ record, stage, message: reason.message });
          return 'settled';
        },
      }).pipe(ackAll()),
    );
    expect(ids(out)).toEqual([0, 2]);
    expect(failed).toEqual([{ record: { id: 1 }, stage: 'decode', message: 'not a tile' }]);
    expect(log.committed.at(-1)).toBe('2');
  });

  it('abandons the work of a revoked partition at once and commits nothing of it', async () => {
    const log = memoryLog(rows(40), { partitionOf: ({ id }) => String(id % 2), endless: true });
    const stop = new AbortController();
    const done: number[] = [];
    const aborted: number[] = [];
    const work = mapTile('work', ({ id }: Row, { signal }) => {
      signal.addEventListener('abort', () => aborted.push(id));
      return timer(id % 2 === 0 ? 1 : 50).pipe(map(() => ({})));
    });
    const finished = run(
      fromReader(log, { drain: stop.signal, maxInFlight: 40 }).pipe(
        work,
        ackAll(),
        tap(({ tile }) => {
          done.push(tile.id);
          if (done.length === 20) log.revoke('1');
          if (done.length === 20) stop.abort();
        }),
      ),
    );
    await finished;
    expect(done.every((id) => id % 2 === 0)).toBe(true);
    expect(aborted).toHaveLength(20);
    expect(decodeOffsetMap(log.stored('1')?.map ?? '')).toEqual({ finished: [], clean: false }); // the mark, nothing else
  });

  it('keeps the work of a partition that is assigned again, and delivers none of it twice', async () => {
    const log = memoryLog(rows(60), { endless: true });
    const stop = new AbortController();
    const given: number[] = [];
    let done = 0;
    const source = fromReader(log, { drain: stop.signal, maxInFlight: 8 });
    await run(
      source.pipe(
        tap(({ tile }) => {
          given.push(tile.id);
          if (tile.id % 10 === 5) log.assign('0'); // a rebalance that changes nothing
        }),
        wait,
        ackAll(),
        tap(() => {
          done += 1;
          if (done === 60) stop.abort();
        }),
      ),
    );
    expect(given.sort((a, b) => a - b)).toEqual(rows(60).map(({ id }) => id));
    expect(log.stored('0')?.nextSlot).toBe(60);
  });

  it('lets tiles of one key go one at a time in their order, over failures too', async () => {
    const log = memoryLog(Array.from({ length: 60 }, (_, id) => ({ id, key: `k${id % 4}`, ms: 1 + ((id * 7) % 5) })));
    const running = new Map<string, number>();
    const order: Record<string, number[]> = {};
    const work = mapTile(
      'work',
      ({ key = '', ms = 1, id }: Row, { delivery }) => {
        running.set(key, (running.get(key) ?? 0) + 1);
        expect(running.get(key)).toBe(1);
        return timer(ms).pipe(
          map(() => {
            running.set(key, 0);
            if (id % 9 === 0 && delivery.attempt === 1) throw new PassingError('later');
            return {};
          }),
        );
      },
      { retry: { maxAttempts: 1 } },
    );
    const onNack = redeliver<Row>({ delayMs: () => 1, maxAttempts: 2, otherwise: async () => 'settled' });
    const source = fromReader(log, { drain: neverAborted, order: 'key', keyOf: ({ key }: Row) => key, onNack });
    const out = await run(source.pipe(work, ackAll()));
    for (const { tile } of out) order[tile.key ?? ''] = [...(order[tile.key ?? ''] ?? []), tile.id];
    expect(Object.values(order).map((list) => list.length)).toEqual([15, 15, 15, 15]);
    for (const list of Object.values(order)) expect(list).toEqual([...list].sort((a, b) => a - b));
  });

  it('lets one tile per partition go at a time with order partition', async () => {
    const log = memoryLog(rows(30), { partitionOf: ({ id }) => String(id % 3) });
    const out = await run(fromReader(log, { drain: neverAborted, order: 'partition' }).pipe(wait, ackAll()));
    for (const p of [0, 1, 2]) {
      const list = ids(out).filter((id) => id % 3 === p);
      expect(list).toEqual([...list].sort((a, b) => a - b));
    }
  });

  it('goes on past a stuck tile until the span of the map is full, then waits, then goes on', async () => {
    const count = spanCap + 2_000;
    const log = memoryLog(rows(count), { endless: true });
    const stop = new AbortController();
    const release = new Subject<void>();
    let done = 0;
    const stuckFirst = mapTile('work', ({ id }: Row) =>
      id === 0 ? release.pipe(map(() => ({}))) : Promise.resolve({}),
    );
    const finished = run(
      fromReader(log, { drain: stop.signal, maxInFlight: 100, commitIntervalMs: 50 }).pipe(
        stuckFirst,
        ackAll(),
        tap(() => {
          done += 1;
          if (done === count) stop.abort();
        }),
      ),
    );
    await expect.poll(() => done, { timeout: 10_000 }).toBe(spanCap - 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toBe(spanCap - 1);
    const stored = log.stored('0');
    expect(stored?.nextSlot).toBe(0);
    expect(decodeOffsetMap(stored?.map ?? '')?.finished).toHaveLength(spanCap - 1);
    release.next();
    await finished;
    expect(log.stored('0')?.nextSlot).toBe(count);
  });

  it('ends at once with an empty log', async () => {
    const out = await run(fromReader(memoryLog<Row>([]), { drain: neverAborted }).pipe(ackAll()));
    expect(out).toEqual([]);
  });

  it('ends with the error of a reader that breaks', async () => {
    const log = memoryLog(rows(5));
    const broken: RecordReader<Row> = {
      system: 'memory',
      stream: 'broken',
      // A reader that fails before its first batch.
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the log is gone')) }) }),
      pause: (partition) => log.pause(partition),
      resume: (partition) => log.resume(partition),
      commit: (commits) => log.commit(commits),
      close: () => log.close(),
    };
    await expect(run(fromReader(broken, { drain: neverAborted }))).rejects.toThrow('the log is gone');
  });
});
