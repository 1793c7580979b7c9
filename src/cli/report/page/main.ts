import type { ReportData } from '../reportData.ts';
import { drawCalls } from './drawCalls.ts';
import { drawLatencies } from './drawLatencies.ts';
import { drawMap } from './drawMap.ts';
import { drawTrace } from './drawTrace.ts';
import { part } from './element.ts';
import { listLargest } from './listLargest.ts';
import type { PageTools } from './pageTools.ts';
import { showNumbers } from './showNumbers.ts';

/** Fills the page from the data it carries. */
export function main(): void {
  const tools = globalThis as unknown as PageTools; // the libraries come before, as scripts of their own
  const data: ReportData = JSON.parse(part('data').textContent);
  showNumbers(data);
  listLargest(data, drawMap(tools, data));
  drawTrace(tools, data);
  const charts = new ResizeObserver(() => {
    const width = part('latencies').clientWidth;
    if (width === 0) return; // not laid out, as in a window that is being hidden
    drawLatencies(tools, data, width);
    drawCalls(tools, data, part('calls').clientWidth);
  });
  charts.observe(part('latencies'));
  if (data.trace !== null) part('tile').textContent = data.trace.tileId;
  if (data.trace !== null) part('trace-id').textContent = data.trace.traceId;
}

main();
