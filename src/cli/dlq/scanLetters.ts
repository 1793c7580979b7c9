import { replayMarks } from '../../aws/replayMarks.ts';
import { scanStream } from '../../aws/scanStream.ts';
import { RecordInvalidError } from '../../errors/recordInvalidError.ts';
import { groupProgress } from '../../kafka/groupProgress.ts';
import { scanTopic } from '../../kafka/scanTopic.ts';
import type { DeadLetter } from '../../records/deadLetter.ts';
import { decodeDeadLetter } from '../../records/decodeDeadLetter.ts';
import { decodeOffsetMap } from '../../tile/offsetMap.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';
import type { Address } from '../publish/readAddress.ts';
import type { DlqOptions } from './dlqOptions.ts';
import type { FoundLetter } from './foundLetter.ts';
import { PartsOfLetters } from './partsOfLetters.ts';
import { tileIdOf } from './tileIdOf.ts';

/** What a scan came across beside dead letters. */
export interface ScanCounts {
  /** Records that are no dead letters. */
  readonly unreadable: number;
  /** Dead letters of which parts are missing. */
  readonly incomplete: number;
}

/**
 * Goes once through all dead letters of a topic or stream, and changes nothing.
 *
 * @throws SourceError when there is no such topic or stream, or it may not be read.
 */
export function scanLetters(
  address: Address,
  options: DlqOptions,
  each: (found: FoundLetter) => void,
): Promise<ScanCounts> {
  return address.kind === 'kafka' ? ofTopic(address, options, each) : ofStream(address.stream, options, each);
}

async function ofTopic(
  { brokers, stream }: Extract<Address, { kind: 'kafka' }>,
  { group = `swath-dlq-${stream}` }: DlqOptions,
  each: (found: FoundLetter) => void,
): Promise<ScanCounts> {
  const connection = { brokers: [...brokers] };
  const progress = await groupProgress(stream, group, connection);
  const marks = new Map(
    [...progress].map(([partition, { nextSlot, map }]) => {
      const finished = new Set(decodeOffsetMap(map)?.finished.map((distance) => nextSlot + distance));
      return [partition, (slot: number) => slot < nextSlot || finished.has(slot)];
    }),
  );
  let unreadable = 0;
  await scanTopic(stream, connection, {
    each({ partition, records }) {
      for (const { slot, position, value } of records) {
        const letter = letterOf(value);
        const replayed = marks.get(partition)?.(slot) ?? false;
        if (letter === undefined) unreadable += 1;
        else each({ partition, positions: [position], letter, id: tileIdOf(letter), replayed });
      }
    },
  });
  return { unreadable, incomplete: 0 };
}

async function ofStream(
  stream: string,
  { marks: table = 'swath-dlq' }: DlqOptions,
  each: (found: FoundLetter) => void,
): Promise<ScanCounts> {
  const marks = replayMarks({ table });
  const marked = await marks.list(stream).finally(() => marks.close());
  const replayed = new Set(marked.map(({ place }) => place));
  const parts = new PartsOfLetters();
  let unreadable = 0;
  await scanStream(stream, {}, (records) => {
    for (const { partition, position, value } of records) {
      const part = letterOf({ key: null, value, headers: [], timestampMs: 0 });
      if (part === undefined) unreadable += 1;
      const whole = part && parts.add(part, position);
      if (whole === undefined) continue;
      const isMarked = replayed.has(`${partition}/${whole.positions[0]}`);
      each({ ...whole, partition, id: tileIdOf(whole.letter), replayed: isMarked });
    }
    return true;
  });
  return { unreadable, incomplete: parts.incomplete };
}

/** What is no dead letter is counted, not refused: somebody else may have written it. */
function letterOf(record: StreamRecord): DeadLetter | undefined {
  try {
    return decodeDeadLetter(record);
  } catch (error) {
    if (!(error instanceof RecordInvalidError)) throw error;
    return undefined;
  }
}
