import type { ReportData } from '../reportData.ts';
import { element, part } from './element.ts';
import { formatCount, formatDuration } from './format.ts';
import type { PageTools } from './pageTools.ts';
import { themed } from './themed.ts';

/** Draws how long tiles took, from delivery to settlement, as a histogram with its median and its 95th percentile. */
export function drawLatencies({ Plot }: PageTools, { latenciesMs, summary }: ReportData, width: number): void {
  const target = part('latencies');
  if (latenciesMs.length === 0) {
    target.replaceChildren(element('p', {}, 'No trace was recorded.'));
    return;
  }
  const { p50, p95, max } = summary.latencyMs;
  const inSeconds = max >= 2000;
  const values = latenciesMs.map(({ ms }) => (inSeconds ? ms / 1000 : ms));
  const unit = inSeconds ? 1000 : 1;
  const median = { at: p50 / unit, label: `median ${formatDuration(p50)}` };
  const high = { at: p95 / unit, label: `95 % ${formatDuration(p95)}` };
  const label = { x: 'at', text: 'label', frameAnchor: 'top', dy: -12, fill: 'var(--text)' } as const;
  const chart = Plot.plot({
    ...themed(width),
    height: 250,
    marginTop: 34,
    ariaLabel: `Histogram of the latency of ${formatCount(values.length)} tiles`,
    x: { label: inSeconds ? 'seconds' : 'milliseconds', domain: [0, (max / unit) * 1.02] },
    y: { label: 'tiles', grid: true, nice: true },
    marks: [
      Plot.rectY(
        values,
        Plot.binX({ y: 'count', ariaLabel: (bin: number[]) => `${bin.length} tiles` }, {
          thresholds: 24,
          fill: 'var(--light)',
          insetLeft: 0.5,
          insetRight: 0.5,
          className: 'bins',
        } as object),
      ),
      Plot.ruleX([median, high], { x: 'at', stroke: 'var(--text)', strokeDasharray: '2 3' }),
      Plot.text([median], { ...label, textAnchor: 'end', dx: 4 }),
      Plot.text([high], { ...label, textAnchor: 'start', dx: -4 }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
  target.replaceChildren(chart);
}
