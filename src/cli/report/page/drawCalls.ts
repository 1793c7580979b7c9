import type { ReportData } from '../reportData.ts';
import { part } from './element.ts';
import { formatCount, formatNumber } from './format.ts';
import type { PageTools } from './pageTools.ts';
import { themed } from './themed.ts';

/** Rows; what is rarer is taken together in the last. */
const shown = 7;

/** Draws how many requests to AWS a tile needed, by operation. */
export function drawCalls({ Plot }: PageTools, { summary }: ReportData, width: number): void {
  const tiles = Math.max(1, summary.tiles.read);
  const calls = Object.entries(summary.calls).sort(([, a], [, b]) => b - a);
  const rest = calls.splice(calls.length > shown ? shown - 1 : shown);
  const others = rest.reduce((sum, [, count]) => sum + count, 0);
  if (others > 0) calls.push([`${rest.length} others`, others]);
  const rows = calls.map(([operation, count]) => ({ operation, count, perTile: count / tiles }));
  const chart = Plot.plot({
    ...themed(width),
    height: rows.length * 30 + 44,
    marginLeft: 4,
    marginRight: 110,
    ariaLabel: `Requests per tile by operation, ${formatNumber(summary.callsPerTile)} in all`,
    x: { axis: null, domain: [0, Math.max(...rows.map(({ perTile }) => perTile), 0)] },
    y: { axis: null, domain: rows.map(({ operation }) => operation) },
    marks: [
      Plot.barX(rows, {
        x: 'perTile',
        y: 'operation',
        fill: 'var(--cool)',
        insetTop: 17,
        insetBottom: 5,
        ariaLabel: ({ operation, count }) => `${operation}: ${formatCount(count)} requests`,
      }),
      Plot.text(rows, { x: 0, y: 'operation', text: 'operation', textAnchor: 'start', dy: -7, fill: 'var(--text)' }),
      Plot.text(rows, {
        x: 'perTile',
        y: 'operation',
        text: ({ count, perTile }) => `${formatNumber(perTile)}  (${formatCount(count)})`,
        textAnchor: 'start',
        dx: 6,
        dy: 6,
      }),
    ],
  });
  part('calls').replaceChildren(chart);
}
