import type { ReadRecord } from '../../ports/recordReader.ts';
import { traceCarrier } from '../../records/traceCarrier.ts';
import type { StreamRecord } from '../../tile/streamRecord.ts';
import type { FoundLetter } from './foundLetter.ts';
import { readLetter } from './readLetter.ts';
import { replaysOf } from './replayHeader.ts';
import { tileIdOf } from './tileIdOf.ts';

/** Reads a record of a topic as a dead letter; `undefined` for what is none. */
export function topicLetter(
  partition: string,
  { position, value: record }: ReadRecord<StreamRecord>,
  replayed: boolean,
): FoundLetter | undefined {
  const letter = readLetter(record);
  if (letter === undefined) return undefined;
  const { headers } = letter.original;
  const place = { partition, positions: [position] };
  return {
    ...place,
    letter,
    id: tileIdOf(letter),
    late: false, // a topic is read to where it ended
    replayed,
    replays: replaysOf(headers),
    carrier: traceCarrier(record),
  };
}
