import { afterEach, describe, expect, it } from 'vitest';
import type { Commit, RecordReader } from '../../../src/ports/recordReader.ts';
import { type Following, followReader, type SeenRecord } from './followReader.ts';

/** A log to read in the contract of {@link recordReaderContract}. */
export interface ReaderBench<R> {
  /** Names of two partitions or more, empty at first. */
  readonly partitions: readonly [string, string, ...string[]];
  /** Adds records at the end of a partition; resolves when they can be read. */
  append(partition: string, texts: readonly string[]): Promise<void>;
  /** A reader on behalf of always the same group; the one before was closed. */
  reader(): RecordReader<R>;
  textOf(record: R): string;
  close(): Promise<void>;
}

const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `tile ${from + i}`);

/** What every {@link RecordReader} must do, tested on a log that `open` makes for each test. */
export function recordReaderContract<R>(name: string, open: () => Promise<ReaderBench<R>>): void {
  describe(`${name} as a record reader`, () => {
    const cleanups: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const clean of cleanups.splice(0).reverse()) await clean();
    });
    const bench = async (): Promise<ReaderBench<R>> => {
      const opened = await open();
      cleanups.push(() => opened.close());
      return opened;
    };
    const follow = ({ reader, textOf }: ReaderBench<R>): { reader: RecordReader<R>; seen: Following } => {
      const opened = reader();
      const seen = followReader(opened, textOf);
      cleanups.push(() => opened.close());
      return { reader: opened, seen };
    };
    /** A commit of everything before `next`. */
    const commitUpTo = (seen: Following, next: SeenRecord, map: string): Commit => {
      const own = seen.records.filter(({ partition }) => partition === next.partition);
      const position = own[own.indexOf(next) - 1]?.position;
      const { partition, slot, position: nextPosition } = next;
      return { partition, epoch: seen.epoch(partition), nextSlot: slot, position, nextPosition, map };
    };
    const nth = (seen: Following, partition: string, n: number): SeenRecord => {
      const found = seen.records.filter((record) => record.partition === partition)[n];
      if (found === undefined) throw new Error(`no record ${n} of ${partition}`);
      return found;
    };

    it('hands over each partition in its order, under the epoch it was assigned with', async () => {
      const log = await bench();
      const [first, second] = log.partitions;
      await log.append(first, texts(1, 30));
      await log.append(second, texts(31, 40));
      const { seen } = follow(log);
      await seen.until(() => seen.records.length >= 40);
      expect(seen.texts(first)).toEqual(texts(1, 30));
      expect(seen.texts(second)).toEqual(texts(31, 40));
      for (const partition of [first, second]) {
        const own = seen.records.filter((record) => record.partition === partition);
        expect(own.every(({ epoch }) => epoch === seen.epoch(partition))).toBe(true);
        expect(own.every(({ slot }, i) => i === 0 || slot > (own[i - 1]?.slot ?? slot))).toBe(true);
        expect(new Set(own.map(({ position }) => position)).size).toBe(own.length);
        expect(seen.log.indexOf(`assigned ${partition}`)).toBeLessThan(seen.log.indexOf(`batch ${partition}`));
        expect(seen.assigned.find((assignment) => assignment.partition === partition)?.progress).toBeUndefined();
      }
    });

    it('hands over what is appended while it reads', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 2));
      const { seen } = follow(log);
      await seen.until(() => seen.records.length >= 2);
      await log.append(first, texts(3, 5));
      await seen.until(() => seen.records.length >= 5);
      expect(seen.texts(first)).toEqual(texts(1, 5));
    });

    it('begins where the last commit stands, and gives its map back', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 10));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 10);
      await reader.commit([commitUpTo(seen, nth(seen, first, 3), 'WxABcw')]);
      await seen.stop();
      await reader.close();
      const again = follow(log).seen;
      await again.until(() => again.records.length >= 7);
      const progress = again.assigned.find(({ partition }) => partition === first)?.progress;
      expect(again.texts(first)).toEqual(texts(4, 10));
      expect(progress).toEqual({ nextSlot: nth(again, first, 0).slot, map: 'WxABcw' });
    });

    it('ends at the signal and takes commits after that, until it is closed', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 5));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 5);
      await seen.stop();
      await log.append(first, texts(6, 8));
      await reader.commit([commitUpTo(seen, nth(seen, first, 4), '')]);
      await reader.close();
      expect(seen.texts(first)).toEqual(texts(1, 5));
      const again = follow(log).seen;
      await again.until(() => again.records.length >= 4);
      expect(again.texts(first)).toEqual(texts(5, 8));
    });

    it('begins at the start again when nothing was committed', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 5));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 5);
      await seen.stop();
      await reader.close();
      const again = follow(log).seen;
      await again.until(() => again.records.length >= 5);
      expect(again.texts(first)).toEqual(texts(1, 5));
    });

    it('resolves commits of an epoch that does not count, without effect', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 5));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 5);
      await reader.commit([commitUpTo(seen, nth(seen, first, 2), '')]);
      const late = commitUpTo(seen, nth(seen, first, 4), '');
      await reader.commit([{ ...late, epoch: late.epoch - 1 }]);
      await reader.commit([{ ...late, epoch: late.epoch + 1 }]);
      await reader.commit([{ ...late, partition: 'no such partition' }]);
      await seen.stop();
      await reader.close();
      await reader.commit([late]);
      const again = follow(log).seen;
      await again.until(() => again.records.length >= 3);
      expect(again.texts(first)).toEqual(texts(3, 5));
    });

    it('makes commits durable in the order of the calls', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 20));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 20);
      const commits = Array.from({ length: 18 }, (_, n) => commitUpTo(seen, nth(seen, first, n + 1), `map${n}`));
      await Promise.all(commits.map((commit) => reader.commit([commit])));
      await seen.stop();
      await reader.close();
      const again = follow(log).seen;
      await again.until(() => again.records.length >= 2);
      expect(again.texts(first)).toEqual(texts(19, 20));
      expect(again.assigned.find(({ partition }) => partition === first)?.progress?.map).toBe('map17');
    });

    it('hands over nothing of a paused partition, and all of it once resumed', async () => {
      const log = await bench();
      const [first, second] = log.partitions;
      await log.append(first, texts(1, 1));
      await log.append(second, texts(2, 2));
      const { reader, seen } = follow(log);
      await seen.until(() => seen.records.length >= 2);
      reader.pause(first);
      reader.pause('no such partition');
      await log.append(first, texts(3, 12));
      await log.append(second, texts(13, 22));
      await seen.until(() => seen.texts(second).length >= 11);
      expect(seen.texts(first)).toEqual(texts(1, 1));
      reader.resume(first);
      reader.resume('no such partition');
      await seen.until(() => seen.texts(first).length >= 11);
      expect(seen.texts(first)).toEqual([...texts(1, 1), ...texts(3, 12)]);
    });

    it('can be broken off and closed twice', async () => {
      const log = await bench();
      const [first] = log.partitions;
      await log.append(first, texts(1, 5));
      const reader = log.reader();
      cleanups.push(() => reader.close());
      const events = {
        assigned: () => undefined,
        revoked: () => undefined,
        caughtUp: () => undefined,
        failed: () => undefined,
        progressAfter: () => undefined,
      };
      const got: string[] = [];
      for await (const { records } of reader.read(events, new AbortController().signal)) {
        got.push(...records.map(({ value }) => log.textOf(value)));
        break;
      }
      expect(got[0]).toBe('tile 1');
      await reader.close();
      await reader.close();
    });
  });
}
