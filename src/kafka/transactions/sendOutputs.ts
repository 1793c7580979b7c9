import type { Transaction } from 'kafkajs';
import { kafkaFault } from '../kafkaFault.ts';
import { nextBatchBytes } from '../nextBatchBytes.ts';
import { toMessage } from '../toMessage.ts';
import type { OutputBatch } from './batchWrites.ts';
import type { PendingWrite } from './pendingWrite.ts';

/** A record that its topic did not take, with the reason. */
export interface Refusal {
  readonly write: PendingWrite;
  readonly reason: unknown;
}

/** What of the client's transaction this needs. */
type Sending = Pick<Transaction, 'send'>;

/**
 * Sends batches in a transaction, each to one partition: kafkajs takes the answer of one leader for that of another when a partition
 * moves while a request over several is tried again.
 *
 * @returns Records that were refused; then the transaction must be aborted, since it holds their companions.
 * @throws What the brokers answered, where it is no matter of single records or of one topic.
 */
export async function sendOutputs(transaction: Sending, batches: readonly OutputBatch[]): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  for (const batch of batches) refusals.push(...(await sendBatch(transaction, batch)));
  return refusals;
}

async function sendBatch(transaction: Sending, batch: OutputBatch): Promise<Refusal[]> {
  const { output, partition, writes } = batch;
  const { topic, compression, faults } = output;
  try {
    const messages = writes.map(({ record }) => ({ ...toMessage(record), partition }));
    const answer = await transaction.send({ topic, acks: -1, compression, messages });
    if (answer.some((own) => own.topicName === topic && own.partition === partition && own.errorCode === 0)) return [];
    return refuseAll(writes, faults.failed(`no broker confirmed the write to partition ${partition}`));
  } catch (error) {
    const { kind } = kafkaFault(error);
    if (kind === 'tooLarge' || kind === 'record') return halve(transaction, batch, error);
    if (kind === 'topic' || kind === 'authorization') return refuseAll(writes, faults.reasonOf(error, true));
    throw error;
  }
}

/** Finds the records that are refused themselves; nothing of the batch is written yet. */
async function halve(transaction: Sending, batch: OutputBatch, error: unknown): Promise<Refusal[]> {
  const { output, writes } = batch;
  const [only] = writes;
  if (only === undefined) return [];
  if (writes.length === 1) return [{ write: only, reason: output.faults.refused(only.bytes, error) }];
  output.batchBytes = nextBatchBytes(output.batchBytes, writes, error);
  const middle = Math.ceil(writes.length / 2);
  const first = await sendBatch(transaction, { ...batch, writes: writes.slice(0, middle) });
  return [...first, ...(await sendBatch(transaction, { ...batch, writes: writes.slice(middle) }))];
}

function refuseAll(writes: readonly PendingWrite[], reason: unknown): Refusal[] {
  return writes.map((write) => ({ write, reason }));
}
