import type { InnerId } from '../innerCluster.ts';
import type { TransactionDescription } from './describeTransaction.ts';

/** How what may be open of a transactional id has to end, until that is confirmed. */
export interface Settlement {
  /** True where the brokers had decided to commit it. */
  readonly committed: boolean;
  /** The producer that the brokers told of when they told the fate. */
  readonly seen: InnerId;
  /** Claims of the id sent since. Each raises the epoch by one, also where its answer is lost. */
  readonly claims: number;
  /** What the last claim was answered; absent where the answer was lost. */
  readonly own?: InnerId;
}

/**
 * Decides how what may be open of an id has to end, by what the brokers say now and what was known before.
 *
 * What they have decided counts, whatever was known. After a claim of ours they know no decision any more (`Empty`), and our own
 * transaction without records is not one (`Ongoing`): only there what was known counts. Anything else is another producer's, and not decided.
 */
export function settlementOf(now: TransactionDescription, known?: Settlement): Settlement {
  const { state, producerId, producerEpoch } = now;
  const seen = { producerId, producerEpoch };
  if (state === 'PrepareCommit' || state === 'CompleteCommit') return { committed: true, seen, claims: 0 };
  if ((state === 'Empty' || state === 'Ongoing') && known !== undefined && isOurs(now, known)) return known;
  return { committed: false, seen, claims: 0 };
}

function isOurs({ state, producerId, producerEpoch }: TransactionDescription, known: Settlement): boolean {
  const { own, seen, claims } = known;
  if (own !== undefined) return own.producerId === producerId && own.producerEpoch === producerEpoch;
  // Nothing is begun with a claim whose answer was lost.
  if (state === 'Ongoing' || seen.producerId !== producerId) return false;
  return producerEpoch > seen.producerEpoch && producerEpoch <= seen.producerEpoch + claims;
}
