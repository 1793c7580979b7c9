/** A record as the client fetched it, before it is sorted out who may see it. */
export interface FetchedRecord {
  readonly offset: string;
  readonly key: Uint8Array | null;
  /** True for markers at the end of transactions, which nobody sees. */
  isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** A transaction that was aborted, by its producer and its first record in the partition. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/**
 * Finds the records of aborted transactions among those that were fetched, in the order of the log.
 *
 * @param aborted - As the broker tells them: in the order they ended, which is not that in which they began.
 */
export function abortedRecords<R extends FetchedRecord>(
  records: readonly R[],
  aborted: readonly AbortedTransaction[],
): R[] {
  const begins = aborted.toSorted((a, b) => Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)));
  const open = new Set<string>();
  let next = 0;
  return records.filter((record) => {
    for (let begin = begins[next]; begin !== undefined; begin = begins[next]) {
      if (BigInt(begin.firstOffset) > BigInt(record.offset)) break;
      open.add(begin.producerId);
      next += 1;
    }
    const { producerId, inTransaction } = record.batchContext;
    if (!record.isControlRecord) return inTransaction && open.has(producerId);
    if (isAbort(record.key)) open.delete(producerId);
    return false;
  });
}

/** A marker's key is its version and its type, two bytes each: 0 aborts, 1 commits. */
function isAbort(key: Uint8Array | null): boolean {
  return key?.[2] === 0 && key[3] === 0;
}
