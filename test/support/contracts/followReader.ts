import type { Assignment, RecordReader } from '../../../src/ports/recordReader.ts';

/** A record as a test sees it. */
export interface SeenRecord {
  readonly partition: string;
  readonly epoch: number;
  readonly slot: number;
  readonly position: string;
  readonly text: string;
}

/** A reader that is read to the end of a test, and what it told. */
export interface Following {
  readonly records: readonly SeenRecord[];
  readonly assigned: readonly Assignment[];
  readonly revoked: readonly string[];
  /** What happened, in order: `assigned 0`, `revoked 0`, `batch 0`. */
  readonly log: readonly string[];
  texts(partition: string): string[];
  /** Epoch of the newest assignment of a partition. */
  epoch(partition: string): number;
  /** Resolves when `enough` holds; asked after each batch and event. Rejects when reading failed. */
  until(enough: () => boolean): Promise<void>;
  /** Aborts the signal; resolves when the iteration ended. */
  stop(): Promise<void>;
}

/** Reads in the background and writes down what comes. */
export function followReader<R>(reader: RecordReader<R>, textOf: (record: R) => string): Following {
  const abort = new AbortController();
  const records: SeenRecord[] = [];
  const assigned: Assignment[] = [];
  const revoked: string[] = [];
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const told = (what: string): void => {
    log.push(what);
    for (const ask of [...waiting]) ask();
  };
  const events = {
    assigned(assignment: Assignment) {
      assigned.push(assignment);
      told(`assigned ${assignment.partition}`);
    },
    revoked(partition: string) {
      revoked.push(partition);
      told(`revoked ${partition}`);
    },
    caughtUp: () => undefined,
    failed: () => undefined,
    progressAfter: () => undefined,
  };
  const ended = (async () => {
    for await (const { partition, epoch, records: batch } of reader.read(events, abort.signal)) {
      for (const { slot, position, value } of batch)
        records.push({ partition, epoch, slot, position, text: textOf(value) });
      told(`batch ${partition}`);
    }
  })();
  ended.catch(() => undefined); // told by until and stop
  return {
    records,
    assigned,
    revoked,
    log,
    texts: (partition) => records.filter((record) => record.partition === partition).map(({ text }) => text),
    epoch: (partition) => assigned.findLast((assignment) => assignment.partition === partition)?.epoch ?? -1,
    until: (enough) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ask = (): void => {
        if (enough()) resolve();
      };
      waiting.add(ask);
      ask();
      ended.then(() => reject(new Error(`reading ended before: ${log.join(', ')}`)), reject);
      return promise.finally(() => waiting.delete(ask));
    },
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}
