import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import type { FailedTile, NackPolicy } from '../sources/nackPolicy.ts';
import { SharedDelivery } from '../tile/sharedDelivery.ts';
import { befallsEveryTile } from './befallsEveryTile.ts';
import { writeDurably } from './writeDurably.ts';

/**
 * A policy that writes failed records to a dead letter; the position counts only after the dead letter confirmed it.
 *
 * A dead letter that cannot be reached holds the tile in flight until it can. One that refuses the record ends the source:
 * nothing is lost in silence. So does a failure that would befall every tile, like a permission that is missing: else all
 * that comes would be refused within minutes.
 *
 * @param toRecord - Makes the dead letter of a record, of one record or several; `nowMs` is the wall clock in milliseconds since the epoch.
 */
export function toDeadLetter<R>(
  writer: RecordWriter,
  toRecord: (failed: FailedTile<R>, nowMs: number) => OutRecord | readonly OutRecord[],
  now: () => number = Date.now,
): NackPolicy<R> {
  const policy: NackPolicy<R> = async (failed) => {
    if (befallsEveryTile(failed.reason, failed.stage)) throw failed.reason;
    const records = [toRecord(failed, now())].flat();
    const shared = new SharedDelivery(failed.delivery, records.length);
    await Promise.all(records.map((record) => writeDurably(writer, record, shared.part(), failed.signal)));
    return 'settled';
  };
  return Object.assign(policy, {
    open: async () => writer.open?.(),
    close: () => writer.close(),
  });
}
