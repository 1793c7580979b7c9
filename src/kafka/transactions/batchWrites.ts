import { maxBatchRecords } from '../maxBatchRecords.ts';
import type { OutputTopic, PendingWrite } from './pendingWrite.ts';

/** Records for one partition of one topic, to be sent in one request. */
export interface OutputBatch<W extends PendingWrite = PendingWrite> {
  readonly output: OutputTopic;
  readonly partition: number;
  readonly writes: readonly W[];
}

/** Sorts writes by where they go, each place in their order, and cuts what is too large for one request. */
export function batchWrites(writes: readonly PendingWrite[]): OutputBatch[] {
  const places = new Map<OutputTopic, Map<number, PendingWrite[]>>();
  for (const write of writes) {
    const partitions = places.get(write.output) ?? new Map<number, PendingWrite[]>();
    places.set(write.output, partitions);
    const place = partitions.get(write.partition);
    if (place === undefined) partitions.set(write.partition, [write]);
    else place.push(write);
  }
  return [...places].flatMap(([output, partitions]) =>
    [...partitions].flatMap(([partition, all]) =>
      cut(all, output.batchBytes).map((own) => ({ output, partition, writes: own })),
    ),
  );
}

function cut(writes: readonly PendingWrite[], maxBytes: number): PendingWrite[][] {
  const batches: PendingWrite[][] = [];
  let batch: PendingWrite[] = [];
  let bytes = 0;
  for (const write of writes) {
    if (batch.length > 0 && (batch.length === maxBatchRecords || bytes + write.bytes > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(write);
    bytes += write.bytes;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
