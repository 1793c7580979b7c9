import { toSwathError } from '../errors/toSwathError.ts';
import { WriteError } from '../errors/writeError.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { originPath } from '../records/originName.ts';
import type { FailedTile, NackPolicy } from '../sources/nackPolicy.ts';
import { SharedDelivery } from '../tile/sharedDelivery.ts';
import { befallsEveryTile } from './befallsEveryTile.ts';
import { writeDurably } from './writeDurably.ts';

/**
 * A policy that writes failed records to a dead letter; the position counts only after the dead letter confirmed it.
 *
 * A dead letter that cannot be reached holds the tile in flight until it can. One that refuses the record for its size is
 * given it once more with less of what was added. One that refuses it still ends the source: nothing is lost in silence.
 * So does a failure that would befall every tile, like a permission that is missing: else all that comes would be
 * refused within minutes.
 *
 * @param toRecord - Makes the dead letter of a record, of one record or several; `nowMs` is the wall clock in milliseconds since the epoch,
 * `brief` asks for the smallest that can be played back.
 */
export function toDeadLetter<R>(
  writer: RecordWriter,
  toRecord: (failed: FailedTile<R>, nowMs: number, brief: boolean) => OutRecord | readonly OutRecord[],
  now: () => number = Date.now,
): NackPolicy<R> {
  const policy: NackPolicy<R> = async (failed) => {
    if (befallsEveryTile(failed.reason, failed.stage)) throw failed.reason;
    const nowMs = now();
    const records = [toRecord(failed, nowMs, false)].flat();
    const shared = new SharedDelivery(failed.delivery, records.length);
    const write = async (record: OutRecord): Promise<void> => {
      const part = shared.part();
      try {
        await writeDurably(writer, record, part, failed.signal);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        const [brief, ...more] = [toRecord(failed, nowMs, true)].flat();
        if (brief === undefined || more.length > 0) throw error;
        await writeDurably(writer, brief, part, failed.signal).catch((again: unknown) => {
          throw isTooLarge(again) ? neverFits(writer, failed, again) : again;
        });
      }
    };
    await Promise.all(records.map(write));
    return 'settled';
  };
  return Object.assign(policy, {
    open: async () => writer.open?.(),
    close: () => writer.close(),
  });
}

function isTooLarge(error: unknown): boolean {
  return toSwathError(error).code === 'RECORD_TOO_LARGE_TO_WRITE';
}

function neverFits<R>({ stream }: RecordWriter, { origin }: FailedTile<R>, cause: unknown): WriteError {
  const record = `${originPath(origin)} failed and has no place among the dead letters: ${toSwathError(cause).message}`;
  const remedy = `it stays uncommitted; let ${stream} take larger records than ${origin.stream}, and start again`;
  return new WriteError('RECORD_TOO_LARGE_TO_WRITE', stream, `${record}; ${remedy}`, { cause });
}
