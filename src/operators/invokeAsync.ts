import type { OperatorFunction } from 'rxjs';
import { TileDeadlineError } from '../errors/tileDeadlineError.ts';
import type { AsyncEndpoint, Invocation } from '../ports/asyncEndpoint.ts';
import { carrierFrom } from '../telemetry/carrierFrom.ts';
import type { Envelope } from '../tile/envelope.ts';
import { findOutcome, type Outcome } from './findOutcome.ts';
import { mergeTiles } from './mergeTiles.ts';
import { runStage } from './runStage.ts';
import type { StageInfo, StageOptions } from './stage.ts';
import type { UploadableTile, UploadedTile } from './uploadTile.ts';

/** What {@link invokeAsync} learns. */
export interface InvokedTile {
  readonly invocation: Invocation & {
    /** Monotonic clock when the endpoint had accepted the job, in milliseconds. */
    readonly acceptedMs: number;
    /** Monotonic clock by which the tile must have its result, in milliseconds. */
    readonly dueMs: number;
    /** The outcome of an earlier delivery of the same tile, when there is one: no job was started. */
    readonly earlier?: Outcome;
  };
}

/** Options of {@link invokeAsync}. */
export interface InvokeOptions extends StageOptions {
  readonly endpoint: AsyncEndpoint;
  /** Time the tile has from here to its result, in milliseconds; default 900,000. The endpoint is told to give up by then. */
  readonly tileDeadlineMs?: number | undefined;
  /** Media type asked of the model. */
  readonly accept?: string | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Starts the endpoint's job for a tile, under a name that is the same each time the tile is delivered.
 *
 * A tile that an earlier process may have worked on is looked for first: its outcome is taken where there is one.
 *
 * @example
 * source.pipe(uploadTile({ endpoint }), invokeAsync({ endpoint }), awaitResult({ endpoint }))
 */
export function invokeAsync<T extends UploadableTile & UploadedTile>(
  options: InvokeOptions,
): OperatorFunction<Envelope<T>, Envelope<T & InvokedTile>> {
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  return mergeTiles((envelope) => invokeStage(envelope, options), concurrency);
}

/** One tile through {@link invokeAsync}. */
export function invokeStage<T extends UploadableTile & UploadedTile>(envelope: Envelope<T>, options: InvokeOptions) {
  const { tileDeadlineMs = 900_000, now = () => performance.now() } = options;
  const dueMs = now() + tileDeadlineMs;
  const work = (tile: T, info: StageInfo) => invoke(tile, info, options, { now, dueMs, tileDeadlineMs });
  return runStage('invoke', envelope, work, options);
}

async function invoke(
  tile: UploadableTile & UploadedTile,
  { signal, context, delivery }: StageInfo,
  { endpoint, accept }: InvokeOptions,
  { now, dueMs, tileDeadlineMs }: { now: () => number; dueMs: number; tileDeadlineMs: number },
): Promise<InvokedTile> {
  const { jobName: name, input, contentType, id } = tile;
  const remainingMs = dueMs - now();
  if (remainingMs <= 0) throw new TileDeadlineError('invoke', tileDeadlineMs);
  const expected = delivery.redelivered ? endpoint.expected(name) : undefined;
  if (expected !== undefined) {
    const earlier = await findOutcome(endpoint, expected, { signal, failure: true });
    if (earlier !== undefined) return { invocation: { ...expected, acceptedMs: now(), dueMs, earlier } };
  }
  const attributes = { ...carrierFrom(context), tile: id };
  const request = { name, input, contentType, attributes, remainingMs, signal };
  const invocation = await endpoint.invoke(accept === undefined ? request : { ...request, accept });
  return { invocation: { ...invocation, acceptedMs: now(), dueMs } };
}
