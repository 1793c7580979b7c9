import type { Origin } from '../tile/origin.ts';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import { halt } from './halt.ts';
import type { NackPolicy } from './nackPolicy.ts';

/** Order in which tiles are delivered: any; one at a time per key; one at a time per partition. */
export type DeliveryOrder = 'none' | 'key' | 'partition';

/** Options of {@link fromReader}. */
export interface ReaderSourceOptions<R, T extends object> {
  /** Aborting it drains: no record is read any more, what is in flight is finished and committed, then the source completes. */
  readonly drain: AbortSignal;
  /** Most tiles in flight; default 400. */
  readonly maxInFlight?: number | undefined;
  /** Most bytes in flight; default 268,435,456. A larger record is delivered alone. */
  readonly maxInFlightBytes?: number | undefined;
  /** Default `none`. */
  readonly order?: DeliveryOrder | undefined;
  /** Key of a record, for `order: 'key'`; records without one are not ordered. */
  readonly keyOf?: ((record: R) => string | undefined) | undefined;
  /** What becomes of failed tiles; default {@link halt}. */
  readonly onNack?: NackPolicy<R> | undefined;
  /** Makes the tile of a record; default: the record is the tile. What it throws fails that delivery at stage `decode`. */
  readonly decode?: ((record: R, origin: Origin) => T) | undefined;
  /** Trace context that came with a record; must not throw. */
  readonly carrier?: ((record: R) => TraceCarrier | undefined) | undefined;
  /** Shortest time between two commits, in milliseconds; default 0: each change, one commit after another. */
  readonly commitIntervalMs?: number | undefined;
  /** Monotonic clock in milliseconds; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** Options with their defaults filled in. */
export type SessionOptions<R, T extends object> = {
  readonly [K in keyof ReaderSourceOptions<R, T>]-?: Exclude<ReaderSourceOptions<R, T>[K], undefined>;
};

export function withDefaults<R, T extends object>(options: ReaderSourceOptions<R, T>): SessionOptions<R, T> {
  return {
    drain: options.drain,
    maxInFlight: options.maxInFlight ?? 400,
    maxInFlightBytes: options.maxInFlightBytes ?? 268_435_456,
    order: options.order ?? 'none',
    keyOf: options.keyOf ?? (() => undefined),
    onNack: options.onNack ?? halt,
    decode: options.decode ?? ((record) => record as unknown as T),
    carrier: options.carrier ?? (() => undefined),
    commitIntervalMs: options.commitIntervalMs ?? 0,
    now: options.now ?? (() => performance.now()),
  };
}
