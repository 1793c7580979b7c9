import { filter, lastValueFrom, merge, NEVER, Observable, share, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/errors/sourceError.ts';
import { backoff } from '../../../src/operators/backoff.ts';
import { toDeadLetter } from '../../../src/sinks/toDeadLetter.ts';
import { toWriter } from '../../../src/sinks/toWriter.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import { redeliver } from '../../../src/sources/redeliver.ts';
import { memoryLog, memoryWriter } from '../../../src/testing.ts';

interface Item {
  readonly n: number;
}
const items: Item[] = [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }];
const toRecord = ({ tile }: { tile: Item }) => ({ key: null, value: Buffer.from(String(tile.n)), headers: [] });
const missing = new SourceError('TOPIC_MISSING', 'out', 'topic out does not exist');
const drain = new AbortController().signal;

/** A log that tells whether it was read. */
function watchedLog() {
  const log = memoryLog(items);
  const seen = { read: false };
  const read: typeof log.read = (events, signal) => {
    seen.read ||= !signal.aborted; // a reader that is told to stop reads nothing
    return log.read(events, signal);
  };
  const reader = {
    system: log.system,
    stream: log.stream,
    read,
    pause: log.pause.bind(log),
    resume: log.resume.bind(log),
    commit: log.commit.bind(log),
    close: log.close.bind(log),
  };
  return { log, seen, reader };
}

/** An output that opens when it is told to. */
function slowWriter() {
  const opened = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const memory = memoryWriter({ stream: 'out' });
  const open = (): Promise<void> => {
    asked.resolve();
    return opened.promise;
  };
  return { ...opened, memory, asked: asked.promise, writer: Object.assign(memory, { open }) };
}

describe('outputs are opened before anything is read', () => {
  it('ends with the reason when an output is missing, and reads nothing', async () => {
    const { reader, seen, log } = watchedLog();
    const writer = Object.assign(memoryWriter(), { open: () => Promise.reject(missing) });
    const run = lastValueFrom(fromReader(reader, { drain }).pipe(toWriter(writer, { toRecord })));
    await expect(run).rejects.toBe(missing);
    await new Promise((resolve) => setImmediate(resolve));
    expect({ ...seen, closed: writer.closed, commits: log.commits }).toEqual({
      read: false,
      closed: true,
      commits: [],
    });
  });

  it('ends with the reason when what a policy writes to is missing, however deep the policy lies', async () => {
    const { reader, seen } = watchedLog();
    const writer = Object.assign(memoryWriter(), { open: () => Promise.reject(missing) });
    const otherwise = toDeadLetter<Item>(writer, ({ record }) => toRecord({ tile: record }));
    const onNack = redeliver({ delayMs: backoff(), maxAttempts: 3, otherwise });
    const run = lastValueFrom(fromReader(reader, { drain, onNack }).pipe(toWriter(memoryWriter(), { toRecord })));
    await expect(run).rejects.toBe(missing);
    expect({ ...seen, closed: writer.closed }).toEqual({ read: false, closed: true });
  });

  it('waits for all outputs of a source that is shared, and loses nothing of what it emits', async () => {
    const { reader, seen, log } = watchedLog();
    const [odd, even] = [slowWriter(), slowWriter()];
    const source = fromReader(reader, { drain }).pipe(share());
    const isOdd = ({ n }: Item): boolean => n % 2 === 1;
    const kept = (keep: (item: Item) => boolean, { writer }: typeof odd) =>
      source.pipe(
        filter(({ tile }) => keep(tile)), // the other way settles the rest
        toWriter(writer, { toRecord }),
      );
    const run = lastValueFrom(
      merge(
        kept(isOdd, odd),
        kept((item) => !isOdd(item), even),
      ).pipe(toArray()),
    );
    await Promise.all([odd.asked, even.asked]);
    odd.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.read).toBe(false);
    even.resolve();
    await run;
    expect([odd, even].map(({ memory }) => memory.records.map(({ value }) => String(value)))).toEqual([
      ['1', '3'],
      ['2', '4'],
    ]);
    expect(log.stored('0')?.nextSlot).toBe(4);
  });

  it('opens nothing for a subscriber that had ended, and lets other sources read', async () => {
    const never = Object.assign(memoryWriter(), { open: () => new Promise<void>(() => undefined) });
    const sink = NEVER.pipe(toWriter<Item>(never, { toRecord }));
    const ended = new Observable<unknown>((subscriber) => {
      subscriber.complete();
      return sink.subscribe(subscriber);
    });
    expect(await lastValueFrom(ended, { defaultValue: 'nothing' })).toBe('nothing');
    const { reader, log } = watchedLog();
    await lastValueFrom(fromReader(reader, { drain }).pipe(toWriter(memoryWriter(), { toRecord })));
    expect(log.stored('0')?.nextSlot).toBe(4);
  });

  it('completes at once when it is drained while an output is being opened', async () => {
    const { reader, log } = watchedLog();
    const { writer, asked } = slowWriter();
    const stop = new AbortController();
    const run = lastValueFrom(
      fromReader(reader, { drain: stop.signal }).pipe(toWriter(writer, { toRecord }), toArray()),
    );
    await asked;
    stop.abort();
    expect(await run).toEqual([]);
    expect({ commits: log.commits, written: writer.records }).toEqual({ commits: [], written: [] });
  });

  it('reads on when nothing is to be opened any more', async () => {
    const { reader, log } = watchedLog();
    const { writer, resolve, memory } = slowWriter();
    const run = lastValueFrom(fromReader(reader, { drain }).pipe(toWriter(writer, { toRecord })));
    resolve();
    await run;
    expect(memory.records.map(({ value }) => String(value))).toEqual(['1', '2', '3', '4']);
    expect(log.stored('0')?.nextSlot).toBe(4);
  });
});
