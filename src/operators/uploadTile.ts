import { type Observable, type OperatorFunction, of } from 'rxjs';
import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { AsyncEndpoint } from '../ports/asyncEndpoint.ts';
import { carrierFrom } from '../telemetry/carrierFrom.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { InlinePayload, PayloadReference, Tile } from '../tile/tile.ts';
import { jobName } from './jobName.ts';
import { mergeTiles } from './mergeTiles.ts';
import { planStage } from './planStage.ts';
import { runStage } from './runStage.ts';
import type { StageInfo, StageOptions } from './stage.ts';
import type { StagePlan } from './stageRun.ts';

/** What a tile must have to be uploaded. */
export type UploadableTile = Pick<Tile, 'id' | 'payload' | 'contentType'>;

/** What {@link uploadTile} learns. */
export interface UploadedTile {
  /** The same each time the tile is delivered. */
  readonly jobName: string;
  /** What the endpoint is to read: the bytes themselves where they are few, else where they lie. */
  readonly input: InlinePayload | PayloadReference;
}

/** Options of {@link uploadTile}. */
export interface UploadOptions extends StageOptions {
  readonly endpoint: AsyncEndpoint;
}

/**
 * Puts the payload where the endpoint reads it: nowhere when it is small enough to go with the invocation, else as an object.
 * A payload that already lies in an allowed bucket stays there; a missing one fails the tile.
 *
 * @example
 * uploadTile({ endpoint, concurrency: 50 })
 */
export function uploadTile<T extends UploadableTile>(
  options: UploadOptions,
): OperatorFunction<Envelope<T>, Envelope<T & UploadedTile>> {
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  return mergeTiles((envelope) => uploadStage(envelope, options), concurrency);
}

/** One tile through {@link uploadTile}. */
export function uploadStage<T extends UploadableTile>(
  envelope: Envelope<T>,
  options: UploadOptions,
): Observable<Envelope<T & UploadedTile>> {
  const planned = planUpload(options.endpoint, envelope);
  return needsUpload(planned) ? runStage(planPut<T>(planned, options), envelope) : of(envelope.with(planned));
}

/** False when there is nothing to do: no span, no attempt. */
export function needsUpload({ input }: UploadedTile): boolean {
  return 'uri' in input;
}

/** Plans the upload of one tile, or the check of what it refers to. */
export function planPut<T extends UploadableTile>(
  planned: UploadedTile,
  { endpoint, ...options }: UploadOptions,
): StagePlan<T, UploadedTile> {
  const work = async ({ payload, contentType }: T, { signal, context }: StageInfo): Promise<UploadedTile> => {
    if ('uri' in payload) {
      await checkReference(endpoint, payload, signal);
      return planned;
    }
    const { traceparent } = carrierFrom(context) ?? {};
    const metadata = traceparent === undefined ? {} : { traceparent };
    if ('uri' in planned.input) {
      await endpoint.store.put(planned.input.uri, payload.bytes, { contentType, metadata, signal });
    }
    return planned;
  };
  return planStage('upload', work, options);
}

/** What {@link uploadTile} learns of a tile, which is known before anything is uploaded. */
export function planUpload(endpoint: AsyncEndpoint, { origin, tile }: Envelope<UploadableTile>): UploadedTile {
  const { payload, id } = tile;
  const name = jobName(endpoint.name, origin, id);
  const stays = 'uri' in payload || payload.bytes.length <= endpoint.maxInlineBytes;
  return { jobName: name, input: stays ? payload : { uri: endpoint.inputUri(name) } };
}

async function checkReference(endpoint: AsyncEndpoint, input: PayloadReference, signal: AbortSignal): Promise<void> {
  if (!endpoint.allows(input.uri)) {
    throw new RecordInvalidError('URI_NOT_ALLOWED', 'value.uri', 'must lie in an allowed bucket', input.uri);
  }
  if ((await endpoint.store.head(input.uri, { signal })) === undefined) {
    throw new RecordInvalidError('PAYLOAD_MISSING', 'value.uri', 'must name an object that exists', input.uri);
  }
}
