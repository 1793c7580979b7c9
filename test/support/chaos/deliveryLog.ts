import { openSync, readFileSync, writeSync } from 'node:fs';
import type { Commit, NackPolicy, ReaderEvents, RecordReader } from '../../../src/index.ts';
import type { Delivery } from '../../../src/tile/delivery.ts';
import type { Origin } from '../../../src/tile/origin.ts';
import type { DeliveryEvent } from './deliveryEvent.ts';
import { wrapReader } from './wrapReader.ts';

/** An assignment of a partition, kept over rebalances as long as the reader keeps it. */
interface Session {
  readonly id: number;
  epoch: number;
}

/**
 * Writes down in a file which tiles a process was given, which it finished and which of these a confirmed commit told of: the kernel
 * keeps what was written there however the process ends, kill -9 included.
 */
export class DeliveryLog {
  readonly #file: number;
  readonly #sessions = new Map<string, Session>();
  /** Newest delivery of each position; settlements of earlier ones do not count. */
  readonly #deliveries = new Map<string, number>();
  #count = 0;
  #finished = 0;
  #closed = false;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  static read(path: string): DeliveryEvent[] {
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1); // what follows the last is only being written
    return lines.map((line): DeliveryEvent => JSON.parse(line));
  }

  /** The reader, listened to. It is to be the outermost: what is finished when it is asked to commit is in that commit. */
  reader<R>(reader: RecordReader<R>): RecordReader<R> {
    return wrapReader(reader, {
      read: (events, signal) => reader.read(this.#listen(events), signal),
      commit: async (commits) => {
        const [after, asked] = [this.#finished, commits.map((commit) => this.#sessionOf(commit))];
        await reader.commit(commits);
        // One whose epoch ended meanwhile resolves, too, and so does every one of a reader that closes.
        commits.forEach((commit, i) => {
          const session = asked[i];
          if (!this.#closed && session !== undefined && this.#sessionOf(commit) === session)
            this.#tell({ confirmed: session.id, after });
        });
      },
      close: () => {
        this.#closed = true;
        return reader.close();
      },
    });
  }

  /** The policy, listened to. */
  policy<R>(policy: NackPolicy<R>): NackPolicy<R> {
    const listening: NackPolicy<R> = async (failed) => {
      this.writing(failed.delivery);
      const verdict = await policy(failed);
      setImmediate(() => this.finished(failed.delivery)); // the position counts only after the policy answered
      return verdict;
    };
    return Object.assign(listening, { open: async () => policy.open?.(), close: async () => policy.close?.() });
  }

  /** To be called when a record is decoded: some are no tile, and go to the dead letter at once. */
  opened(origin: Origin): void {
    const session = this.#sessions.get(origin.partition);
    if (session === undefined) throw new TypeError('a record came of a partition that nobody gave');
    const position = nameOf(origin);
    this.#count += 1;
    this.#deliveries.set(position, this.#count);
    this.#tell({ opened: this.#count, session: session.id, position });
  }

  writing(delivery: Delivery): void {
    const writing = this.#deliveryOf(delivery);
    if (writing !== undefined) this.#tell({ writing, atMs: Date.now() });
  }

  /** To be called after the acknowledgement: then what is told as finished is in the next commit. */
  finished(delivery: Delivery): void {
    const finished = this.#deliveryOf(delivery);
    if (finished === undefined) return;
    this.#finished += 1;
    this.#tell({ finished, atMs: Date.now() });
  }

  #listen(events: ReaderEvents): ReaderEvents {
    return {
      ...events,
      assigned: (assignment) => {
        const { partition, epoch } = assignment;
        const kept = this.#sessions.get(partition);
        if (kept !== undefined) kept.epoch = epoch;
        else this.#sessions.set(partition, { id: ++this.#count, epoch });
        events.assigned(assignment);
      },
      revoked: (partition) => {
        this.#sessions.delete(partition);
        events.revoked(partition);
      },
    };
  }

  #sessionOf({ partition, epoch }: Commit): Session | undefined {
    const session = this.#sessions.get(partition);
    return session?.epoch === epoch ? session : undefined;
  }

  #deliveryOf(delivery: Delivery): number | undefined {
    return delivery.abandoned ? undefined : this.#deliveries.get(nameOf(delivery.origin));
  }

  #tell(event: DeliveryEvent): void {
    writeSync(this.#file, `${JSON.stringify(event)}\n`); // in one call: never half
  }
}

function nameOf({ partition, position }: Origin): string {
  return `${partition}/${position}`;
}
