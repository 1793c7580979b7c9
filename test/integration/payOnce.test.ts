import { type Observable, type Subscription, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import { mapTile } from '../../src/operators/mapTile.ts';
import { splitTile } from '../../src/operators/splitTile.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import type { NackPolicy } from '../../src/sources/nackPolicy.ts';
import { openSessions } from '../../src/sources/openSessions.ts';
import { ackAll, type MemoryEndpoint, type MemoryLog, memoryEndpoint, memoryLog } from '../../src/testing.ts';
import type { Envelope } from '../../src/tile/envelope.ts';
import { decodeOffsetMap } from '../../src/tile/offsetMap.ts';
import type { Tile } from '../../src/tile/tile.ts';

type Pipe = (source: Observable<Envelope<Tile>>) => Observable<unknown>;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tiles = (count: number): Tile[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${i}`,
    payload: { bytes: bytes(`${i}`) },
    contentType: 'text/plain',
  }));
const schedule = {
  plan: () => ({
    firstMs: 2,
    nextMs: (sinceMs: number) => sinceMs + 5,
    looksForFailure: () => true,
    found: () => undefined,
  }),
};
const infer = (endpoint: MemoryEndpoint) => inferAsync<Tile>({ endpoint, schedule });
const again: NackPolicy<Tile> = async () => ({ redeliverAfterMs: 1 });
const told = (log: MemoryLog<Tile>) => decodeOffsetMap(log.stored('0')?.map ?? '')?.running ?? [];
/** How many tiles are told to have their job of this number running. */
const toldOf = (log: MemoryLog<Tile>, job: number) => {
  const map = decodeOffsetMap(log.stored('0')?.map ?? '');
  return map?.running?.filter((_, i) => (map.jobs?.[i] ?? 0) === job).length ?? 0;
};

/** For what passes by itself, when the jobs end: it is looked at often, and jobs take long enough to be seen on a busy machine. */
const passing = { timeout: 10_000, interval: 5 };

/** Two endpoints, of which the first is quick. */
const detectAndClassify = (serviceMs: number) =>
  [
    memoryEndpoint({ name: 'detect', serviceMs: 5, model: (input) => input }),
    memoryEndpoint({ name: 'classify', serviceMs, model: (input) => input }),
  ] as const;

/** One process over the log: what it finished, how it ended, and how to end it without a word. */
class Process {
  readonly finished: string[] = [];
  error: unknown;
  readonly #drain = new AbortController();
  readonly #subscription: Subscription;

  constructor(log: MemoryLog<Tile>, pipe: Pipe, onNack?: NackPolicy<Tile>) {
    this.#subscription = fromReader(log, { drain: this.#drain.signal, maxInFlight: 50, onNack })
      .pipe(pipe)
      .subscribe({
        next: (envelope) => this.finished.push((envelope as Envelope<Tile>).tile.id),
        error: (error: unknown) => {
          this.error = error;
        },
      });
  }

  async crash(): Promise<void> {
    this.#subscription.unsubscribe();
    await openSessions(this.#drain.signal).closed(); // else it would close the log under its successor
  }
}

describe('jobs that outlive the process that started them', () => {
  it('are told by a commit although no tile was settled, and known to whoever gets the records next', async () => {
    const log = memoryLog(tiles(10), { endless: true });
    const before: Envelope<Tile>[] = [];
    const first = new Process(
      log,
      tap((envelope) => before.push(envelope)),
    );
    await expect.poll(() => before.length).toBe(10);
    expect(before.some(({ delivery }) => delivery.jobs.runs)).toBe(false);
    for (const [i, { delivery }] of before.entries()) if (i % 3 !== 0) delivery.jobs.started();
    before[4]?.delivery.jobs.ended();
    await expect.poll(() => told(log)).toEqual([1, 2, 5, 7, 8]);
    await first.crash();

    const after: Envelope<Tile>[] = [];
    const second = new Process(
      log,
      tap((envelope) => after.push(envelope)),
    );
    await expect.poll(() => after.length).toBe(10);
    expect(after.flatMap(({ delivery }, i) => (delivery.jobs.runs ? [i] : []))).toEqual([1, 2, 5, 7, 8]);
    after[1]?.ack();
    after[2]?.delivery.jobs.ended();
    await expect.poll(() => told(log)).toEqual([5, 7, 8]);
    await second.crash();
  });

  it('are waited for after a crash, each paid once', async () => {
    const log = memoryLog(tiles(40), { endless: true });
    const endpoint = memoryEndpoint({ serviceMs: 1_000, model: (input) => input });
    const first = new Process(log, (source) => source.pipe(infer(endpoint), ackAll()));
    await expect.poll(() => told(log).length, passing).toBe(40);
    await first.crash();
    expect(first.finished).toEqual([]);

    const second = new Process(log, (source) => source.pipe(infer(endpoint), ackAll()));
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(40);
    expect(endpoint.invoked).toBe(40);
    await second.crash();
  });

  it('are waited for part by part once every part of a record has one', async () => {
    const log = memoryLog(tiles(5), { endless: true });
    const endpoint = memoryEndpoint({ serviceMs: 1_000, model: (input) => input });
    const parts = splitTile('parts', (tile: Tile) =>
      ['x', 'y', 'z'].map((part) => ({ ...tile, id: `${tile.id}${part}` })),
    );
    const first = new Process(log, (source) => source.pipe(parts, infer(endpoint), ackAll()));
    await expect.poll(() => told(log).length, passing).toBe(5);
    await first.crash();

    const second = new Process(log, (source) => source.pipe(parts, infer(endpoint), ackAll()));
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(15);
    expect(endpoint.invoked).toBe(15);
    await second.crash();
  });

  it('are not waited for in vain at a later stage', async () => {
    const log = memoryLog(tiles(6), { endless: true });
    const [one, two] = [
      memoryEndpoint({ name: 'one', serviceMs: 1_000, model: (input) => input }),
      memoryEndpoint({ name: 'two', model: (input) => input }),
    ];
    const both: Pipe = (source) => source.pipe(infer(one), infer(two), ackAll());
    const first = new Process(log, both);
    await expect.poll(() => told(log).length, passing).toBe(6);
    await first.crash();

    const second = new Process(log, both);
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(6);
    expect([one.invoked, two.invoked]).toEqual([6, 6]);
    await second.crash();
  });

  it('are waited for at the stage whose job it is: the one before finds its output with one call', async () => {
    const log = memoryLog(tiles(40), { endless: true });
    const [detect, classify] = detectAndClassify(1_000);
    const both: Pipe = (source) => source.pipe(infer(detect), infer(classify), ackAll());
    const first = new Process(log, both);
    await expect.poll(() => toldOf(log, 1), passing).toBe(40);
    await first.crash();
    expect(first.finished).toEqual([]);
    const looked = detect.store.calls.get;

    const second = new Process(log, both);
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(40);
    expect([detect.invoked, classify.invoked]).toEqual([40, 40]);
    expect(detect.store.calls).toMatchObject({ get: looked + 40, put: 0, head: 0, delete: 0 });
    await second.crash();
  });

  it('are still told when the next process dies before it has come to their stage', async () => {
    const log = memoryLog(tiles(12), { endless: true });
    const [detect, classify] = detectAndClassify(600);
    const first = new Process(log, (source) => source.pipe(infer(detect), infer(classify), ackAll()));
    await expect.poll(() => toldOf(log, 1), passing).toBe(12);
    await first.crash();
    let between = 0;
    const stuck = mapTile('stuck', (_: Tile) => {
      between += 1;
      return new Promise<{ readonly stuck: true }>(() => undefined);
    });
    const second = new Process(log, (source) => source.pipe(infer(detect), stuck, infer(classify), ackAll()));
    await expect.poll(() => between).toBe(12);
    await second.crash();
    expect(toldOf(log, 1)).toBe(12);
    const third = new Process(log, (source) => source.pipe(infer(detect), infer(classify), ackAll()));
    await expect.poll(() => third.finished.length, { timeout: 10_000 }).toBe(12);
    expect([detect.invoked, classify.invoked]).toEqual([12, 12]);
    await third.crash();
  });

  it('of a later stage count no more once the output before them is gone', async () => {
    const log = memoryLog(tiles(6), { endless: true });
    const [detect, classify] = detectAndClassify(1_000);
    const both: Pipe = (source) => source.pipe(infer(detect), infer(classify), ackAll());
    const first = new Process(log, both);
    await expect.poll(() => toldOf(log, 1), passing).toBe(6);
    await first.crash();
    detect.store.objects.clear();
    const noted: number[] = [];
    const second = new Process(log, (source) =>
      source.pipe(
        infer(detect),
        tap(({ delivery }) => noted.push(Number(delivery.jobs.runs))),
        infer(classify),
        ackAll(),
      ),
    );
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(6);
    expect(detect.invoked).toBe(12);
    expect(noted).toEqual([0, 0, 0, 0, 0, 0]);
    await second.crash();
  });

  it('of parts are waited for at the stage to which all parts of their record have come', async () => {
    const log = memoryLog(tiles(5), { endless: true });
    const [detect, classify] = detectAndClassify(1_000);
    const parts = splitTile('parts', (tile: Tile) =>
      ['x', 'y', 'z'].map((part) => ({ ...tile, id: `${tile.id}${part}` })),
    );
    const both: Pipe = (source) => source.pipe(parts, infer(detect), infer(classify), ackAll());
    const first = new Process(log, both);
    await expect.poll(() => toldOf(log, 1), passing).toBe(5);
    await first.crash();

    const second = new Process(log, both);
    await expect.poll(() => second.finished.length, { timeout: 10_000 }).toBe(15);
    expect([detect.invoked, classify.invoked]).toEqual([15, 15]);
    await second.crash();
  });
});

describe('a tile that is delivered again', () => {
  it('does not pay again for the output it had when a later stage failed', async () => {
    const log = memoryLog(tiles(8), { endless: true });
    const endpoint = memoryEndpoint({ serviceMs: 5, model: (input) => input });
    const label = mapTile('label', async (_, { delivery }) => {
      if (delivery.attempt === 1) throw new Error('not yet');
      return {};
    });
    const process = new Process(log, (source) => source.pipe(infer(endpoint), label, ackAll()), again);
    await expect.poll(() => process.finished.length).toBe(8);
    expect(endpoint.invoked).toBe(8);
    await process.crash();
  });

  it('is invoked anew when its job failed, and waits for the new one', async () => {
    const log = memoryLog(tiles(8), { endless: true });
    const seen = new Map<string, number>();
    const endpoint = memoryEndpoint({
      serviceMs: 20,
      model: (input, { name }) => {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        return { bytes: input, failed: seen.get(name) === 1 };
      },
    });
    const process = new Process(log, (source) => source.pipe(infer(endpoint), ackAll()), again);
    await expect.poll(() => process.finished.length).toBe(8);
    expect([...seen.values()]).toEqual(Array.from({ length: 8 }, () => 2));
    await process.crash();
  });

  it('is invoked anew after its failure had halted the run, and the model was mended', async () => {
    const log = memoryLog(tiles(1), { endless: true });
    let broken = true;
    const endpoint = memoryEndpoint({ model: (input) => ({ bytes: input, failed: broken }) });
    const first = new Process(log, (source) => source.pipe(infer(endpoint), ackAll()));
    await expect.poll(() => first.error).toMatchObject({ code: 'INFERENCE_FAILED' });
    await first.crash();
    expect(told(log)).toEqual([]);
    broken = false;
    const second = new Process(log, (source) => source.pipe(infer(endpoint), ackAll()));
    await expect.poll(() => second.finished).toEqual(['0']);
    expect(endpoint.invoked).toBe(2);
    await second.crash();
  });
});
