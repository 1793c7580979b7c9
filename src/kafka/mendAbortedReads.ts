import { createRequire } from 'node:module';
import { type AbortedTransaction, abortedRecords, type FetchedRecord } from './abortedRecords.ts';
import { ownClients } from './ownClients.ts';

interface FetchedPartition {
  abortedTransactions: readonly AbortedTransaction[] | undefined;
  readonly messages: readonly FetchedRecord[];
}
interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}
interface BrokerClass {
  readonly prototype: { fetch(request: { readonly isolationLevel?: number }): Promise<FetchAnswer> };
}

let mended = false;

/**
 * Keeps swath's consumers, of kafkajs 2.2.4, from seeing records of aborted transactions.
 *
 * Its own filter takes aborted transactions to be told in the order they began, one for each record; brokers tell them in the order
 * they ended. Where two producers interleave in a partition it shows aborted records. It does skip control records, whatever they
 * are, and counts them as read: so that is what aborted ones are made here, before it looks.
 */
export function mendAbortedReads(): void {
  if (mended) return;
  mended = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/broker/index.js') as BrokerClass;
  const { fetch } = prototype;
  prototype.fetch = async function (this: object, request): Promise<FetchAnswer> {
    const answer = await fetch.call(this, request);
    if (!ownClients.has(this)) return answer;
    for (const { partitions } of answer.responses) for (const partition of partitions) hideAborted(partition);
    return answer;
  };
}

function hideAborted(partition: FetchedPartition): void {
  if (!partition.abortedTransactions?.length) return;
  for (const record of abortedRecords(partition.messages, partition.abortedTransactions)) record.isControlRecord = true;
  partition.abortedTransactions = [];
}
