import { replayMarks } from '../../aws/replayMarks.ts';
import { groupProgress } from '../../kafka/groupProgress.ts';
import { scanTopic } from '../../kafka/scanTopic.ts';
import { decodeOffsetMap } from '../../tile/offsetMap.ts';
import type { Address } from '../publish/readAddress.ts';
import type { DlqOptions } from './dlqOptions.ts';
import type { FoundLetter } from './foundLetter.ts';
import type { ScanCounts } from './scanCounts.ts';
import { scanStreamLetters } from './scanStreamLetters.ts';
import { topicLetter } from './topicLetter.ts';

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
  { connection, stream }: Extract<Address, { kind: 'kafka' }>,
  { group = `swath-dlq-${stream}` }: DlqOptions,
  each: (found: FoundLetter) => void,
): Promise<ScanCounts> {
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
      for (const record of records) {
        const found = topicLetter(partition, record, marks.get(partition)?.(record.slot) ?? false);
        if (found === undefined) unreadable += 1;
        else each(found);
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
  return scanStreamLetters(stream, marked, (found) => {
    found.forEach(each);
    return true;
  });
}
