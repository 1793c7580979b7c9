import { groupProgress } from '../../kafka/groupProgress.ts';
import { type ScannedBatch, scanTopic } from '../../kafka/scanTopic.ts';
import { PartitionLedger } from '../../tile/partitionLedger.ts';
import type { Address } from '../publish/readAddress.ts';
import type { FoundLetter } from './foundLetter.ts';
import type { Replayer } from './replayer.ts';
import type { ScanCounts } from './scanCounts.ts';
import { topicLetter } from './topicLetter.ts';

/** Most records between two marks: a replay that is killed repeats no more than these. */
const markEvery = { records: 200, bytes: 8_000_000 };

/**
 * Replays dead letters of a topic. What was sent is marked by a commit of the group, batch by batch once it is confirmed; what
 * was not stays unfinished in the map beside the commit, so that a later replay finds it.
 */
export async function replayTopic(
  { connection, stream }: Extract<Address, { kind: 'kafka' }>,
  replayer: Replayer,
  { group, stop }: { readonly group: string; readonly stop: AbortSignal },
): Promise<ScanCounts> {
  const progress = await groupProgress(stream, group, connection);
  const ledgers = new Map<string, PartitionLedger>();
  const full = new AbortController();
  const ends = AbortSignal.any([stop, full.signal]);
  let unreadable = 0;

  const each = async ({ partition, records, heartbeat, commit }: ScannedBatch): Promise<void> => {
    const ledger = ledgers.get(partition) ?? new PartitionLedger(partition, 0, progress.get(partition));
    ledgers.set(partition, ledger);
    for (const part of inParts(records)) {
      if (ends.aborted) return;
      const chosen: { readonly found: FoundLetter; readonly slot: number }[] = [];
      for (const record of part) {
        const { slot } = record;
        const reachable = ledger.window.accepts(slot);
        if (reachable && !ledger.window.open(slot, record.position)) continue; // replayed before
        const found = topicLetter(partition, record, false);
        if (found === undefined) {
          unreadable += 1;
          if (reachable) ledger.finish(slot); // nothing will ever be sent of it
        } else if (replayer.chooses(found, reachable)) chosen.push({ found, slot });
      }
      await replayer.send(chosen, async (written) => {
        for (const { slot } of written) ledger.finish(slot);
        const entry = ledger.takeCommit(false);
        if (entry !== undefined) await commit(entry.nextSlot, entry.map);
      });
      await heartbeat();
      if (replayer.full) full.abort();
    }
  };
  await scanTopic(stream, connection, { each, groupId: group, stop: ends });
  return { unreadable, incomplete: 0 };
}

function* inParts<T extends { readonly bytes: number }>(records: readonly T[]): Generator<readonly T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const record of records) {
    part.push(record);
    bytes += record.bytes;
    if (part.length < markEvery.records && bytes < markEvery.bytes) continue;
    yield part;
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) yield part;
}
