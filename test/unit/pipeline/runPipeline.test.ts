import { setTimeout as sleep } from 'node:timers/promises';
import { bufferCount, map, merge, NEVER, tap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { definePipeline } from '../../../src/pipeline/definePipeline.ts';
import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import type { RunProgress } from '../../../src/telemetry/runProgress.ts';
import { ackAll, memoryLog } from '../../../src/testing.ts';

const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const config = z.strictObject({ ms: z.int().positive().default(1), drainMs: z.int().positive().optional() });

function slowPipeline(log: ReturnType<typeof memoryLog<{ id: number }>>, each: (id: number) => void = () => undefined) {
  return definePipeline({
    name: 'slow',
    config,
    build: ({ config: { ms }, drain }) =>
      fromReader(log, { drain, maxInFlight: 5 }).pipe(
        tap(({ tile }) => each(tile.id)),
        mapTile('wait', () => timer(ms).pipe(map(() => ({})))),
        ackAll(),
      ),
  });
}

describe('runPipeline', () => {
  it('completes with its sources, and tells what it did', async () => {
    const log = memoryLog(rows(20));
    const report = await runPipeline(slowPipeline(log));
    expect(report).toMatchObject({
      reason: 'completed',
      unfinished: 0,
      progress: { read: 20, acked: 20, inFlight: 0 },
    });
    expect(log.stored('0')?.nextSlot).toBe(20);
  });

  it('drains: finishes and commits what is in flight, reads no more', async () => {
    const log = memoryLog(rows(1_000), { endless: true });
    const stop = new AbortController();
    const pipeline = slowPipeline(log, (id) => id === 50 && stop.abort());
    const { reason, unfinished, progress } = await runPipeline(pipeline, { drain: stop.signal });
    expect({ reason, unfinished }).toEqual({ reason: 'drained', unfinished: 0 });
    expect(log.stored('0')?.nextSlot).toBe(progress.acked);
    expect(progress.acked).toBeLessThan(60);
  });

  it('drains for as long as it takes where the deadline is later than a timer can wait', async () => {
    const stop = new AbortController();
    const pipeline = slowPipeline(memoryLog(rows(10), { endless: true }), (id) => id === 4 && stop.abort());
    const report = await runPipeline(pipeline, { config: { ms: 50 }, drain: stop.signal, drainMs: Infinity });
    expect(report).toMatchObject({ reason: 'drained', unfinished: 0, progress: { acked: 5 } });
  });

  it('gives up at the drain deadline, says what is unfinished, and that comes again', async () => {
    const log = memoryLog(rows(10), { endless: true });
    const stop = new AbortController();
    const pipeline = slowPipeline(log, (id) => id === 4 && stop.abort());
    const report = await runPipeline(pipeline, { config: { ms: 60_000, drainMs: 20 }, drain: stop.signal });
    expect(report).toMatchObject({ reason: 'deadline', unfinished: 5 });
    const again = await runPipeline(slowPipeline(memoryLog(rows(10))), {});
    expect(again.progress.acked).toBe(10);
    expect(log.stored('0')?.nextSlot).toBe(0);
  });

  it('says what was taken away in the drain, since that comes again', async () => {
    const log = memoryLog(rows(10), { endless: true });
    const stop = new AbortController();
    stop.signal.addEventListener('abort', () => log.revoke('0'));
    const pipeline = slowPipeline(log, (id) => id === 4 && setImmediate(() => stop.abort()));
    const report = await runPipeline(pipeline, { config: { ms: 60_000 }, drain: stop.signal });
    expect(report).toMatchObject({ reason: 'drained', unfinished: 5, progress: { inFlight: 0 } });
  });

  it('stops at once when abandoned', async () => {
    const log = memoryLog(rows(10), { endless: true });
    const abandon = new AbortController();
    const pipeline = slowPipeline(log, (id) => id === 4 && abandon.abort());
    const report = await runPipeline(pipeline, { config: { ms: 60_000 }, abandon: abandon.signal });
    expect(report).toMatchObject({ reason: 'abandoned', unfinished: 5 });
  });

  it('leaves the group in order before it tells that the pipeline failed', async () => {
    const log = memoryLog(rows(10), { endless: true });
    let left = false;
    log.close = async () => {
      await sleep(5);
      left = true;
    };
    const pipeline = definePipeline({
      name: 'halting',
      config,
      build: ({ drain }) =>
        fromReader(log, { drain }).pipe(tap((envelope) => envelope.nack(new Error('the tile broke')))),
    });
    await expect(runPipeline(pipeline)).rejects.toThrow('the tile broke');
    expect(left).toBe(true);
  });

  it('leaves no timer behind that would keep the process alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const log = memoryLog(rows(10), { endless: true });
    const abandon = new AbortController();
    const pipeline = slowPipeline(log, (id) => id === 4 && abandon.abort());
    const before = timers();
    await runPipeline(pipeline, { abandon: abandon.signal });
    expect(timers()).toBe(before);
  });

  it('counts what all of its sources do together', async () => {
    const logs = [memoryLog(rows(7), { endless: true }), memoryLog(rows(4), { endless: true })];
    const abandon = new AbortController();
    let progress: Readonly<RunProgress> | undefined;
    const pipeline = definePipeline({
      name: 'two-sources',
      config,
      build: ({ drain }) =>
        merge(...logs.map((log) => fromReader(log, { drain }))).pipe(
          bufferCount(11),
          tap(([first]) => {
            first?.ack();
            expect(progress).toMatchObject({ partitions: 2, read: 11, acked: 1, inFlight: 10 });
            abandon.abort();
          }),
        ),
    });
    const onStart = (counters: Readonly<RunProgress>) => {
      progress = counters;
    };
    const report = await runPipeline(pipeline, { abandon: abandon.signal, onStart });
    expect(report).toMatchObject({ unfinished: 10, progress: { inFlight: 0, partitions: 0 } });
  });

  it('fails with the error of the pipeline', async () => {
    const build = () => throwError(() => new Error('the stream broke'));
    await expect(runPipeline(definePipeline({ name: 'broken', config, build }))).rejects.toThrow('the stream broke');
  });

  it('checks the configuration before it builds anything', async () => {
    let built = false;
    const pipeline = definePipeline({
      name: 'unbuilt',
      config,
      build: () => {
        built = true;
        return NEVER;
      },
    });
    const wrong = { ms: -1, mss: 2 } as unknown as { ms: number };
    const error = await runPipeline(pipeline, { config: wrong }).catch((raised: unknown) => raised);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(/ms: .*-1/);
    expect((error as Error).message).toContain('mss');
    expect(built).toBe(false);
  });
});

describe('definePipeline', () => {
  it.each(['', 'Detect', 'a b', '-a', 'a-', 'a--b', 'ü'])('refuses the name %j', (name) => {
    expect(() => definePipeline({ name, config, build: () => NEVER })).toThrow(ConfigurationError);
  });
});
