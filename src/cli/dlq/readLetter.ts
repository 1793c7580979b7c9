import { RecordInvalidError } from '../../errors/recordInvalidError.ts';
import type { DeadLetter } from '../../records/deadLetter.ts';
import { decodeDeadLetter } from '../../records/decodeDeadLetter.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';

/** Reads a dead letter; `undefined` for what is none, since somebody else may have written it. */
export function readLetter(record: StreamRecord): DeadLetter | undefined {
  try {
    return decodeDeadLetter(record);
  } catch (error) {
    if (!(error instanceof RecordInvalidError)) throw error;
    return undefined;
  }
}
