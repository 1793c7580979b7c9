import kafkajs from 'kafkajs';
import type { OutputTopic, PendingWrite } from '../../../../src/kafka/transactions/pendingWrite.ts';
import { WriteFaults } from '../../../../src/kafka/writeFaults.ts';
import { envelopeOf, type TestDelivery } from '../../../../src/testing/envelopeOf.ts';
import type { Delivery } from '../../../../src/tile/delivery.ts';

/** A write that tells what became of it. */
export interface TestWrite extends PendingWrite {
  readonly outcome: () => unknown;
}

export function outputTopic(topic = 'out', batchBytes = 1_000): OutputTopic {
  const connection = {
    brokers: ['127.0.0.1:9092'],
    clientId: 'test',
    ssl: false,
    connectTimeoutMs: 1,
    requestTimeoutMs: 1,
  };
  const faults = new WriteFaults(topic, connection);
  return { topic, compression: kafkajs.CompressionTypes.None, batchBytes, faults };
}

/** The delivery of a slot of partition 0 of topic `tiles`. */
export function deliveryAt(slot: number, partition = '0'): TestDelivery {
  return envelopeOf({}, { origin: { stream: 'tiles', partition, position: String(slot) } }).delivery;
}

/** A write of so many bytes that stands for a delivery. */
export function writeOf(
  { roots }: Pick<Delivery, 'roots'>,
  { output = outputTopic(), partition = 0, bytes = 100 }: Partial<PendingWrite> = {},
): TestWrite {
  let outcome: unknown;
  return {
    output,
    partition,
    record: { key: null, value: Buffer.alloc(bytes), headers: [] },
    bytes,
    roots,
    written: () => {
      outcome = 'written';
    },
    failed: (error) => {
      outcome = error;
    },
    outcome: () => outcome,
  };
}
