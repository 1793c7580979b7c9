import type { RecordBatch, RecordReader } from '../../src/ports/recordReader.ts';
import type { RecordWriter } from '../../src/ports/recordWriter.ts';

/** A record of a {@link syntheticLog}. */
export interface SyntheticRecord {
  readonly id: number;
}

/** A log of so many records in one partition, made while they are read: it costs nothing to hold. */
export function syntheticLog(records: number, bytes = 1_000): RecordReader<SyntheticRecord> {
  const batchSize = 500;
  async function* read(
    events: Parameters<RecordReader<SyntheticRecord>['read']>[0],
  ): AsyncGenerator<RecordBatch<SyntheticRecord>> {
    events.assigned({ partition: '0', epoch: 1 });
    for (let slot = 0; slot < records; slot += batchSize) {
      const batch = Array.from({ length: Math.min(batchSize, records - slot) }, (_, i) => {
        const id = slot + i;
        return { position: String(id), slot: id, bytes, value: { id } };
      });
      yield { partition: '0', epoch: 1, records: batch };
    }
  }
  return {
    system: 'memory',
    stream: 'synthetic',
    read,
    pause: () => undefined,
    resume: () => undefined,
    commit: async () => undefined,
    close: async () => undefined,
  };
}

/** An output that forgets. */
export function forgetfulWriter(): RecordWriter {
  return { system: 'memory', stream: 'sink', write: async () => undefined, close: async () => undefined };
}

export const emptyRecord = { key: null, value: null, headers: [] } as const;
