import type { ReportData } from '../reportData.ts';
import { element, part } from './element.ts';
import { formatCount, formatDuration, formatNumber } from './format.ts';

/** Shows what the run comes to: a few numbers, large. */
export function showNumbers({ summary, detections, picture, source, tileSize }: ReportData): void {
  const { tiles, seconds, tilesPerSecond, callsPerTile, latencyMs } = summary;
  const lost = tiles.deadLettered === 0 ? 'none refused' : `${formatCount(tiles.deadLettered)} refused`;
  const numbers: (readonly [value: string, name: string, note: string])[] = [
    [formatCount(summary.detections), 'detections', `outlined on ${picture.name}`],
    [formatCount(tiles.written), 'tiles', `of ${tileSize} pixels, ${lost}`],
    [formatDuration(seconds * 1000), 'in all', `${formatNumber(tilesPerSecond)} tiles a second`],
    [formatNumber(callsPerTile), 'requests a tile', 'to AWS, all counted'],
    [formatDuration(latencyMs.p50), 'median latency', `95 % within ${formatDuration(latencyMs.p95)}`],
  ];
  const items = numbers.map(([value, name, note]) =>
    element('div', {}, element('dt', {}, name), element('dd', { class: 'value' }, value), element('dd', {}, note)),
  );
  part('numbers').replaceChildren(...items);
  part('title').textContent = `${formatCount(detections.length)} detections on ${picture.name}`;
  part('by').textContent =
    `${formatCount(tiles.read)} tiles through a ${source} and a SageMaker asynchronous endpoint, all on this machine`;
}
