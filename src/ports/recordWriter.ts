import type { Delivery } from '../tile/delivery.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';

/** A record to write: a log adds the timestamp itself. */
export type OutRecord = Omit<StreamRecord, 'timestampMs'>;

/** An append-only output. Adapters and fakes of it pass one contract suite. */
export interface RecordWriter {
  /** Value of `messaging.system` in spans. */
  readonly system: string;
  /** Topic, stream or file name. */
  readonly stream: string;
  /**
   * Looks whether the output is there, so that one that is not is told of before anything is read or paid for. Owners that call
   * it do so once, before the first write; writers work without.
   *
   * @throws SourceError with what the first write would be refused with, or when the output cannot be reached for some seconds.
   */
  open?(): Promise<void>;
  /**
   * Resolves when the record is durable. Writers may gather records of many calls for a few milliseconds.
   *
   * @param delivery - What the record is the output of; writers that commit its position together with the record need it.
   * @throws WriteError when the output refuses the record, or could not be reached within the writer's own retries.
   * @throws SourceError when it refuses whatever comes, like a topic that was never there.
   */
  write(record: OutRecord, delivery?: Delivery): Promise<void>;
  /** Finishes what was handed over, then frees everything. Idempotent. */
  close(): Promise<void>;
}
