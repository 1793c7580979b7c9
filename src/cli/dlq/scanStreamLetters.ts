import type { ReplayMark } from '../../aws/replayMarks.ts';
import { scanStream } from '../../aws/scanStream.ts';
import { traceCarrier } from '../../records/traceCarrier.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';
import { digestOf } from './digestOf.ts';
import type { FoundLetter } from './foundLetter.ts';
import { PartsOfLetters } from './partsOfLetters.ts';
import { readLetter } from './readLetter.ts';
import type { ScanCounts } from './scanCounts.ts';
import { tileIdOf } from './tileIdOf.ts';

/**
 * Goes once through the dead letters of a stream, and puts those together that travel in parts.
 *
 * @param marks - What was replayed so far. Records on Kinesis have no headers: how often one was replayed is told by the marks
 * of records with the same key and bytes.
 * @param each - Called for one page after the other; answers false to hear of no more.
 */
export async function scanStreamLetters(
  stream: string,
  marks: readonly ReplayMark[],
  each: (found: readonly FoundLetter[]) => Promise<boolean> | boolean,
): Promise<ScanCounts> {
  const replayed = new Set(marks.map(({ place }) => place));
  const replays = new Map<string, number>();
  for (const mark of marks) replays.set(mark.digest, Math.max(replays.get(mark.digest) ?? 0, mark.replays));
  const parts = new PartsOfLetters();
  let unreadable = 0;
  await scanStream(stream, {}, (records) => {
    const found: FoundLetter[] = [];
    for (const { partition, position, value, late } of records) {
      const record: StreamRecord = { key: null, value, headers: [], timestampMs: 0 };
      const part = readLetter(record);
      if (part === undefined) unreadable += 1;
      const whole = part && parts.add(part, position);
      if (whole === undefined) continue;
      const { letter } = whole;
      found.push({
        ...whole,
        partition,
        id: tileIdOf(letter),
        late,
        replayed: replayed.has(`${partition}/${whole.positions[0]}`),
        replays: replays.size === 0 ? 0 : (replays.get(digestOf(letter.original)) ?? 0),
        carrier: traceCarrier(record),
      });
    }
    return each(found);
  });
  return { unreadable, incomplete: parts.incomplete };
}
