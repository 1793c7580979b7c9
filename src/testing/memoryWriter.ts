import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';

/** A writer that keeps what it gets. */
export interface MemoryWriter extends RecordWriter {
  readonly records: readonly OutRecord[];
  readonly closed: boolean;
  /** Errors that writes answer, each by the record; tests add and remove. */
  readonly refusals: ((record: OutRecord) => Error | undefined)[];
}

/** Makes an output in memory. */
export function memoryWriter({ stream = 'memory' }: { readonly stream?: string } = {}): MemoryWriter {
  const records: OutRecord[] = [];
  const refusals: MemoryWriter['refusals'] = [];
  let closed = false;
  return {
    system: 'memory',
    stream,
    records,
    refusals,
    get closed() {
      return closed;
    },
    async write(record) {
      for (const refuse of refusals) {
        const error = refuse(record);
        if (error !== undefined) throw error;
      }
      records.push(record);
    },
    async close() {
      closed = true;
    },
  };
}
