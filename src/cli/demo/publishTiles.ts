import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { ObjectStore } from '../../ports/objectStore.ts';
import type { OutRecord, RecordWriter } from '../../ports/recordWriter.ts';
import { carrierFrom } from '../../telemetry/carrierFrom.ts';
import { endStageSpan } from '../../telemetry/endStageSpan.ts';
import { startSendSpan } from '../../telemetry/startSendSpan.ts';
import type { TraceCarrier } from '../../tile/traceCarrier.ts';
import type { CutTile } from '../publish/cutTiles.ts';
import { descriptorRecord } from '../publish/descriptorRecord.ts';

/** Where tiles are published to. */
export interface PublishTarget {
  readonly writer: RecordWriter;
  /** For tiles that a record cannot hold. */
  readonly store: ObjectStore;
  /** Bucket of these. */
  readonly bucket: string;
  /** Aborting it ends publishing after what is on its way. */
  readonly stop: AbortSignal;
}

/** Kinesis and, unless told otherwise, Kafka take a mebibyte, key and headers included. */
const maxRecordBytes = 1_000_000;
const writesAtOnce = 8;

/**
 * Publishes tiles as descriptors, each with a trace of its own that begins here; one too large for a record is put into the
 * store and published by its URI.
 *
 * @throws WriteError or ServiceError when a tile could not be published.
 */
export async function publishTiles(tiles: AsyncIterable<CutTile>, target: PublishTarget): Promise<void> {
  const left = untilStopped(tiles, target.stop);
  const work = async (): Promise<void> => {
    for await (const tile of left) await publish(tile, target); // one that fails ends it for all
  };
  await Promise.all(Array.from({ length: writesAtOnce }, work));
}

async function* untilStopped(tiles: AsyncIterable<CutTile>, stop: AbortSignal): AsyncGenerator<CutTile> {
  for await (const tile of tiles) {
    if (stop.aborted) return;
    yield tile;
  }
}

async function publish(tile: CutTile, { writer, store, bucket }: PublishTarget): Promise<void> {
  const context = startSendSpan(writer, ROOT_CONTEXT);
  const carrier = carrierFrom(context);
  try {
    const record = descriptorRecord(tile.descriptor, carrier);
    const isLarge = (record.value?.byteLength ?? 0) > maxRecordBytes;
    await writer.write(isLarge ? await byReference(tile, store, bucket, carrier) : record);
    endStageSpan(context);
  } catch (error) {
    endStageSpan(context, error);
    throw error;
  }
}

async function byReference(
  { cell, bytes, descriptor }: CutTile,
  store: ObjectStore,
  bucket: string,
  carrier: TraceCarrier | undefined,
): Promise<OutRecord> {
  const uri = `s3://${bucket}/tiles/x${cell.x}-y${cell.y}.png`;
  await store.put(uri, bytes, { contentType: descriptor.contentType });
  const { data_base64, ...rest } = descriptor;
  const record = descriptorRecord(descriptor, carrier);
  return { ...record, value: Buffer.from(JSON.stringify({ ...rest, uri, ...carrier })) };
}
