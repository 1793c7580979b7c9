import { replayMarks } from '../../aws/replayMarks.ts';
import { digestOf } from './digestOf.ts';
import type { FoundLetter } from './foundLetter.ts';
import type { Replayer } from './replayer.ts';
import type { ScanCounts } from './scanCounts.ts';
import { scanStreamLetters } from './scanStreamLetters.ts';

/** Most records between two marks: a replay that is killed repeats no more than these. */
const markEvery = 200;

/**
 * Replays dead letters of a stream. What was sent is marked in a DynamoDB table, batch by batch once it is confirmed.
 *
 * Where a pipeline runs meanwhile, what is sent may be refused and come back before the end: that waits for another replay.
 */
export async function replayStream(
  stream: string,
  replayer: Replayer,
  { table, stop }: { readonly table: string; readonly stop: AbortSignal },
): Promise<ScanCounts> {
  const marks = replayMarks({ table });
  const sent = new Set<string>();
  const comesBack = ({ late, letter }: FoundLetter): boolean => late && sent.has(digestOf(letter.original));
  try {
    await marks.prepare();
    return await scanStreamLetters(stream, await marks.list(stream), async (page) => {
      for (let i = 0; i < page.length; i += markEvery) {
        if (stop.aborted || replayer.full) return false;
        const letters = page.slice(i, i + markEvery).filter((found) => !comesBack(found) && replayer.chooses(found));
        const chosen = letters.map((found) => ({ found }));
        await replayer.send(chosen, async (written) => {
          const made = written.map(({ found: { partition, positions, letter, replays } }) => ({
            place: `${partition}/${positions[0]}`,
            digest: digestOf(letter.original),
            replays: replays + 1,
          }));
          for (const { digest } of made) sent.add(digest);
          await marks.put(stream, made);
        });
      }
      return !stop.aborted && !replayer.full;
    });
  } finally {
    marks.close();
  }
}
