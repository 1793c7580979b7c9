import { tap } from 'rxjs';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { toKafka } from '../../../src/sinks/toKafka.ts';
import { type FromKafkaOptions, fromKafka } from '../../../src/sources/fromKafka.ts';
import { progressOf, type RunProgress } from '../../../src/telemetry/runProgress.ts';
import type { Tile } from '../../../src/tile/tile.ts';

/** A pipeline of a test that carries tiles from topic to topic. */
export interface Moving {
  /** Tiles taken into work, by `partition/position`, in their order; one that comes again stands twice. */
  readonly begun: readonly string[];
  /** Tiles whose output the brokers confirmed. */
  readonly written: readonly string[];
  readonly progress: Readonly<RunProgress>;
  /** Stops reading, finishes and commits; resolves at the end. */
  drain(): Promise<void>;
  /** Gives up at once, as a process that dies does, but for its connections. */
  abandon(): void;
  /** Settles when the pipeline ended. */
  readonly ended: Promise<void>;
}

/** What a pipeline of a test reads, does and writes. */
export type MovingOptions = Omit<FromKafkaOptions, 'drain'> & {
  readonly output: string;
  /** What each tile waits for; default nothing. */
  readonly work?: (tile: Tile) => Promise<void>;
  /** Default as the source. */
  readonly outputBrokers?: string[];
};

/** Starts a pipeline that writes each tile's payload to another topic. */
export function moveTiles({ output, work, outputBrokers, ...source }: MovingOptions): Moving {
  const drain = new AbortController();
  const begun: string[] = [];
  const written: string[] = [];
  const { brokers = [], requestTimeoutMs, transactions } = source;
  const tiles = fromKafka({ sessionTimeoutMs: 6000, ...source, drain: drain.signal }).pipe(
    tap(({ delivery }) => begun.push(`${delivery.origin.partition}/${delivery.origin.position}`)),
    mapTile('work', async (tile) => {
      await work?.(tile);
      return {};
    }),
    toKafka({
      brokers: outputBrokers ?? brokers,
      topic: output,
      ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
      ...(transactions !== undefined && { transactional: true, transactions }),
      value: ({ payload }) => ('bytes' in payload ? payload.bytes : payload.uri),
    }),
    tap(({ delivery }) => written.push(`${delivery.origin.partition}/${delivery.origin.position}`)),
  );
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // told to whoever waits
  const subscription = tiles.subscribe({ error: ended.reject, complete: ended.resolve });
  return {
    begun,
    written,
    progress: progressOf(drain.signal),
    ended: ended.promise,
    drain: () => {
      drain.abort();
      return ended.promise;
    },
    abandon: () => {
      subscription.unsubscribe();
      ended.resolve();
    },
  };
}
