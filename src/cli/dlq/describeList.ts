import type { LetterList } from './listLetters.ts';

const head = ['code', 'stage', 'count', 'waiting', 'replayed', 'first', 'last'] as const;

/** Says as a table what a list of dead letters tells. */
export function describeList({ from, total, waiting, replayed, unreadable, incomplete, groups }: LetterList): string {
  const rows = [head, ...groups.map((group) => head.map((name) => printable(String(group[name]))))];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${from}: ${total} dead letters, ${waiting} waiting, ${replayed} replayed.`,
    ...(groups.length > 0 ? lines : []),
    ...(unreadable > 0 ? [`${unreadable} records are no dead letters.`] : []),
    ...(incomplete > 0 ? [`${incomplete} dead letters lack some of their parts.`] : []),
  ].join('\n');
}

/** A record's own text must not steer the terminal. */
function printable(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, '?');
}
