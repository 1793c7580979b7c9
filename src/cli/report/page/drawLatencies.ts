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
  const end = (max / unit) * 1.02;
  const marks = [
    { at: p95 / unit, label: `95 % within ${formatDuration(p95)}`, dy: -26 },
    { at: p50 / unit, label: `median ${formatDuration(p50)}`, dy: -11 },
  ];
  const chart = Plot.plot({
    ...themed(width),
    height: 250,
    marginTop: 40,
    ariaLabel: `Histogram of the latency of ${formatCount(values.length)} tiles`,
    x: { label: inSeconds ? 'seconds' : 'milliseconds', domain: [0, end] },
    y: { label: null, grid: true, nice: true },
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
      Plot.ruleX(marks, { x: 'at', stroke: 'var(--text)', strokeDasharray: '2 3' }),
      ...marks.map((mark) => {
        const textAnchor = mark.at > 0.7 * end ? 'end' : 'start'; // so that it does not leave the chart
        return Plot.text([mark], {
          x: 'at',
          text: 'label',
          frameAnchor: 'top',
          dy: mark.dy,
          textAnchor,
          fill: 'var(--text)',
        });
      }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
  target.replaceChildren(chart);
}
