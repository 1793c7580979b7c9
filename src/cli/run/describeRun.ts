import type { RunSummary } from './runSummary.ts';

const reasons: Readonly<Record<RunSummary['reason'], string>> = {
  completed: 'Done',
  idle: 'Done, nothing came any more',
  drained: 'Drained',
  deadline: 'Not drained in time (drainMs)',
  abandoned: 'Abandoned',
};

/** Says in a few lines what a run came to. */
export function describeRun({ reason, tiles, seconds, tilesPerSecond, calls, callsPerTile }: RunSummary): string {
  const more = [
    tiles.redelivered > 0 ? `${tiles.redelivered} delivered again` : '',
    tiles.skipped > 0 ? `${tiles.skipped} skipped, since they were finished or in flight already` : '',
    tiles.unfinished > 0 ? `${tiles.unfinished} unfinished, which come again` : '',
  ].filter(Boolean);
  const settled = tiles.written + tiles.deadLettered;
  const perTile = Object.entries(calls).map(([operation, count]) => `${operation} ${(count / settled).toFixed(2)}`);
  return [
    `${reasons[reason]}: ${[`${tiles.read} tiles read`, `${tiles.written} written`, `${tiles.deadLettered} dead-lettered`, ...more].join(', ')}.`,
    `${seconds.toFixed(1)} s, ${tilesPerSecond.toFixed(1)} tiles/s.`,
    ...(perTile.length > 0 && settled > 0
      ? [`AWS calls per tile: ${callsPerTile.toFixed(2)} (${perTile.join(', ')}).`]
      : []),
  ].join('\n');
}
