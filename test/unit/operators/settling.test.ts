import fc from 'fast-check';
import { from, lastValueFrom, map, of, tap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchTiles } from '../../../src/operators/batchTiles.ts';
import { filterTile } from '../../../src/operators/filterTile.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { splitTile } from '../../../src/operators/splitTile.ts';
import { ackAll, envelopeOf, marbles } from '../../../src/testing.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import { catchWarnings } from '../../support/catchWarnings.ts';

const reason = new Error('broken');

describe('filterTile', () => {
  it('keeps some tiles unsettled and acknowledges the others', async () => {
    const envelopes = [1, 2, 3, 4].map((n) => envelopeOf({ n }));
    const kept = await lastValueFrom(
      from(envelopes).pipe(
        filterTile('even', ({ n }) => n % 2 === 0),
        toArray(),
      ),
    );
    expect(kept.map(({ tile }) => tile.n)).toEqual([2, 4]);
    expect(envelopes.map(({ delivery }) => delivery.settlements)).toEqual([[['ack']], [], [['ack']], []]);
  });

  it('sends the others another way, which settles them', async () => {
    const envelopes = [1, 2, 3].map((n) => envelopeOf({ n }));
    const elsewhere: number[] = [];
    const otherwise = tap((envelope: Envelope<{ n: number }>) => {
      elsewhere.push(envelope.tile.n);
      envelope.ack();
    });
    const kept = await lastValueFrom(
      from(envelopes).pipe(
        filterTile('big', ({ n }) => n > 2, { otherwise }),
        toArray(),
      ),
    );
    expect(kept.map(({ tile }) => tile.n)).toEqual([3]);
    expect(elsewhere).toEqual([1, 2]);
    expect(envelopes[2]?.delivery.settlements).toEqual([]);
  });

  it.each([undefined, ackAll<{ n: number }>()])(
    'nacks a tile that cannot be judged, and goes on',
    async (otherwise) => {
      const envelopes = [1, 2].map((n) => envelopeOf({ n }));
      const keep = ({ n }: { n: number }): boolean => {
        if (n === 1) throw reason;
        return true;
      };
      const kept = await lastValueFrom(from(envelopes).pipe(filterTile('judge', keep, { otherwise }), toArray()));
      expect(kept.map(({ tile }) => tile.n)).toEqual([2]);
      expect(envelopes[0]?.delivery.settlements).toEqual([['nack', 'judge', reason]]);
    },
  );
});

describe('splitTile', () => {
  it('warns once of parts that have one id, for which a stage would take one for the other', async () => {
    using caught = catchWarnings();
    const records = [
      ['a', 'b'],
      ['c', 'd', 'c'],
      ['e', 'e'],
    ].map((ids) => envelopeOf({ ids }));
    const split = splitTile('parts', ({ ids }: { ids: string[] }) => ids.map((id) => ({ id })));
    await lastValueFrom(from(records).pipe(split, ackAll()));
    expect(caught.warnings).toEqual(['parts: two parts of a record have the id c, and may be taken for each other']);
    expect(records.map(({ delivery }) => delivery.settlements)).toEqual([[['ack']], [['ack']], [['ack']]]);
  });

  it('acknowledges the record when every part is, whatever their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }), async (waits) => {
        const whole = envelopeOf({ waits });
        const wait = mapTile('wait', ({ ms }: { ms: number }) => timer(ms).pipe(map(() => ({}))));
        const parts = splitTile('parts', (tile: { waits: number[] }) => tile.waits.map((ms) => ({ ms })));
        const unsettled = () => expect(whole.delivery.settlements).toEqual([]);
        const out = await lastValueFrom(of(whole).pipe(parts, wait, tap(unsettled), ackAll<object>(), toArray()));
        expect(out).toHaveLength(waits.length);
        expect(whole.delivery.settlements).toEqual([['ack']]);
      }),
      { numRuns: 25 },
    );
  });

  it('fails the record with the first part that fails, once; the other parts count as settled', async () => {
    const whole = envelopeOf({ n: 3 });
    const split = splitTile('parts', ({ n }: { n: number }) => Array.from({ length: n }, (_, part) => ({ part })));
    const parts = await lastValueFrom(of(whole).pipe(split, toArray()));
    parts[1]?.nack(reason, 'label');
    expect(parts[2]?.delivery.settled).toBe(true);
    parts[0]?.ack();
    parts[1]?.ack();
    parts[2]?.nack(new Error('later'), 'label');
    expect(whole.delivery.settlements[0]).toEqual(['nack', 'label', reason]);
    expect(whole.delivery.settlements.filter(([how]) => how === 'ack')).toEqual([]);
  });

  it('settling a part twice is settling it once', async () => {
    const whole = envelopeOf({});
    const parts = await lastValueFrom(
      of(whole).pipe(
        splitTile('parts', () => [{ i: 0 }, { i: 1 }]),
        toArray(),
      ),
    );
    parts[0]?.ack();
    parts[0]?.ack();
    expect(whole.delivery.settlements).toEqual([]);
    parts[1]?.ack();
    expect(whole.delivery.settlements).toEqual([['ack']]);
  });

  it('notes a job at the record once every part had one or needed none, and takes the note back when one fails', async () => {
    const whole = envelopeOf({ n: 3 });
    const split = splitTile('parts', ({ n }: { n: number }) => Array.from({ length: n }, (_, part) => ({ part })));
    const parts = await lastValueFrom(of(whole).pipe(split, toArray()));
    parts[0]?.delivery.jobs.started();
    parts[0]?.delivery.jobs.started();
    parts[1]?.delivery.jobs.started();
    parts[1]?.delivery.jobs.ended();
    expect(whole.delivery.jobLog).toEqual([]);
    parts[2]?.ack();
    expect(whole.delivery.jobLog).toEqual(['runs 0']);
    expect(parts.map(({ delivery }) => delivery.jobs.runs)).toEqual([false, false, false]);
    parts[1]?.nack(reason, 'label');
    expect(whole.delivery.jobLog).toEqual(['runs 0', 'runs none']);
  });

  it('lets each part wait for its own job where all of them run', async () => {
    const whole = envelopeOf({}, { told: 0 });
    const parts = await lastValueFrom(
      of(whole).pipe(
        splitTile('parts', () => [{ i: 0 }, { i: 1 }]),
        toArray(),
      ),
    );
    parts[0]?.delivery.jobs.ended();
    expect(parts.map(({ delivery }) => delivery.jobs.runs)).toEqual([false, true]);
    expect(whole.delivery.jobLog).toEqual([]); // the other one's runs on
  });

  it('notes at the record the job that the part farthest behind has had', async () => {
    const whole = envelopeOf({});
    whole.delivery.jobs.ended(); // one stage lies before the split
    const split = splitTile('parts', () => [{ i: 0 }, { i: 1 }, { i: 2 }]);
    const parts = await lastValueFrom(of(whole).pipe(split, toArray()));
    const [a, b, c] = parts.map(({ delivery }) => delivery);
    expect(a?.jobs.passed).toBe(1);
    a?.jobs.started();
    a?.jobs.ended();
    a?.jobs.started();
    b?.jobs.started();
    expect(whole.delivery.jobLog).toEqual(['ended 0']);
    c?.jobs.started();
    expect(whole.delivery.jobLog).toEqual(['ended 0', 'runs 1']);
    b?.jobs.ended();
    b?.jobs.started();
    expect(whole.delivery.jobLog).toHaveLength(2); // of what a and b have come to nothing is told
    c?.ack();
    expect(whole.delivery.jobLog).toEqual(['ended 0', 'runs 1', 'runs 2']);
    b?.jobs.lost();
    expect(whole.delivery.jobLog.at(-1)).toBe('runs none');
    b?.jobs.started();
    expect(whole.delivery.jobLog.at(-1)).toBe('runs 2');
    b?.ack();
    a?.ack();
    expect(whole.delivery.settlements).toEqual([['ack']]);
    expect(whole.delivery.jobLog.filter((note) => note.startsWith('runs'))).toHaveLength(4);
  });

  it('lets the parts wait at the stage that the record was noted with, and takes the note down to one that begins before it', async () => {
    const whole = envelopeOf({}, { told: 1 });
    const split = splitTile('parts', () => [{ i: 0 }, { i: 1 }]);
    const [a, b] = (await lastValueFrom(of(whole).pipe(split, toArray()))).map(({ delivery }) => delivery);
    a?.jobs.ended(); // its first output was there
    expect([a?.jobs.runs, b?.jobs.runs]).toEqual([true, false]);
    expect(whole.delivery.jobLog).toEqual([]);
    b?.jobs.started(); // the output of the first stage was gone
    expect(whole.delivery.jobLog).toEqual(['runs 0']);
    b?.jobs.ended();
    expect(b?.jobs.runs).toBe(false); // its second job was never started for this output
    a?.jobs.ended();
    b?.jobs.started();
    expect(whole.delivery.jobLog).toEqual(['runs 0', 'runs 1']);
  });

  it('passes the notes of parts of parts on', async () => {
    const whole = envelopeOf({}, { told: 0 });
    const two = () => [{ i: 0 }, { i: 1 }];
    const parts = await lastValueFrom(
      of(whole).pipe(splitTile('parts', two), splitTile('parts of parts', two), toArray()),
    );
    expect(parts.map(({ delivery }) => delivery.jobs.runs)).toEqual([true, true, true, true]);
    for (const { delivery } of parts) {
      delivery.jobs.ended();
      expect(whole.delivery.jobLog).toEqual([]);
    }
    for (const { delivery } of parts) {
      expect(whole.delivery.jobLog).toEqual([]);
      delivery.jobs.started();
    }
    expect(whole.delivery.jobLog).toEqual(['runs 1']);
  });

  it('nacks a tile that cannot be split', async () => {
    const whole = envelopeOf({});
    const broken = splitTile('parts', (): object[] => {
      throw reason;
    });
    expect(await lastValueFrom(of(whole).pipe(broken, toArray()))).toEqual([]);
    expect(whole.delivery.settlements).toEqual([['nack', 'parts', reason]]);
  });
});

describe('batchTiles', () => {
  it('gathers up to so many tiles, or for so long', () => {
    marbles(({ cold, expectObservable }) => {
      const values = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, envelopeOf({ id })]));
      const result = cold('abc----d---|', values).pipe(
        batchTiles({ maxTiles: 2, maxWaitMs: 4 }),
        map(({ tile }) => tile.tiles.map(({ id }) => id).join('')),
      );
      expectObservable(result).toBe('-x---y---z-|', { x: 'ab', y: 'c', z: 'd' });
    });
  });

  it('settles the tiles of a batch together', async () => {
    const envelopes = [1, 2, 3].map((n) => envelopeOf({ n }));
    const [batch] = await lastValueFrom(from(envelopes).pipe(batchTiles({ maxTiles: 3, maxWaitMs: 1_000 }), toArray()));
    expect(batch?.delivery.settled).toBe(false);
    batch?.nack(reason, 'write');
    expect(envelopes.map(({ delivery }) => delivery.settlements)).toEqual(
      envelopes.map(() => [['nack', 'write', reason]]),
    );
  });

  it('acknowledges every tile of a batch', async () => {
    const envelopes = [1, 2, 3].map((n) => envelopeOf({ n }));
    const [batch] = await lastValueFrom(from(envelopes).pipe(batchTiles({ maxTiles: 3, maxWaitMs: 1_000 }), toArray()));
    batch?.ack();
    expect(envelopes.map(({ delivery }) => delivery.settlements)).toEqual(envelopes.map(() => [['ack']]));
  });

  it('leaves out tiles that were settled meanwhile, and is abandoned with the last of its tiles', async () => {
    const envelopes = [1, 2, 3].map((n) => envelopeOf({ n }));
    envelopes[0]?.delivery.abandon();
    const [batch] = await lastValueFrom(from(envelopes).pipe(batchTiles({ maxTiles: 3, maxWaitMs: 1_000 }), toArray()));
    expect(batch?.tile.tiles.map(({ n }) => n)).toEqual([2, 3]);
    let told = 0;
    batch?.delivery.onAbandon(() => {
      told += 1;
    });
    envelopes[1]?.delivery.abandon();
    expect([batch?.delivery.abandoned, told]).toEqual([false, 0]);
    envelopes[2]?.delivery.abandon();
    expect([batch?.delivery.abandoned, told]).toEqual([true, 1]);
  });
});
