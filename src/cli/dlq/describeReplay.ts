import type { ReplaySummary } from './replayCommandLine.ts';

/** Says in a few lines what a replay came to. */
export function describeReplay(summary: ReplaySummary): string {
  const { dryRun, stopped, matched, chosen, sent, refused, outOfReach, tooLarge, unsendable, incomplete, seconds } =
    summary;
  const left = [
    refused > 0 ? `${refused} refused, since they were replayed as often as --max-replays allows` : '',
    outOfReach > 0 ? `${outOfReach} left, since they lie too far behind one that waits; replay that one first` : '',
    tooLarge > 0 ? `${tooLarge} larger than the target takes` : '',
    unsendable > 0 ? `${unsendable} left, since where they would go does not take them; the warnings name them` : '',
    incomplete > 0 ? `${incomplete} without all of their parts` : '',
  ].filter(Boolean);
  const done = dryRun
    ? `${chosen} of ${matched} dead letters would be sent.`
    : `${stopped ? 'Stopped: ' : ''}${sent} of ${matched} dead letters sent in ${seconds.toFixed(1)} s.`;
  return [done, ...left.map((line) => `${line}.`)].join('\n');
}
