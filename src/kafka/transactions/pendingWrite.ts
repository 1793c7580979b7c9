import type { CompressionTypes } from 'kafkajs';
import type { OutRecord } from '../../ports/recordWriter.ts';
import type { RootDelivery } from '../../tile/delivery.ts';
import type { WriteFaults } from '../writeFaults.ts';

/** Where records go, and how. */
export interface OutputTopic {
  readonly topic: string;
  readonly compression: CompressionTypes;
  /** Most bytes of one request, a larger record apart; shrinks when the topic takes less. */
  batchBytes: number;
  readonly faults: WriteFaults;
}

/** A record that waits for its transaction. */
export interface PendingWrite {
  readonly output: OutputTopic;
  /** Partition of the output. */
  readonly partition: number;
  readonly record: OutRecord;
  readonly bytes: number;
  /** Deliveries whose output it is; one that stands twice has two of its parts in it. */
  readonly roots: readonly RootDelivery[];
  /** The transaction that holds it is committed. */
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}
