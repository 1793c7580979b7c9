import type { DrawnDetection, ReportData } from '../reportData.ts';
import { factsOf } from './describeDetection.ts';
import type { DrawnMap } from './drawMap.ts';
import { element, part } from './element.ts';

const listed = 8;

/** Lists the largest detections; each leads to its place on the map, for those who do not use a pointer too. */
export function listLargest({ detections }: ReportData, map: DrawnMap): void {
  const sizeOf = ({ areaKm2, areaPx }: DrawnDetection): number => areaKm2 ?? areaPx;
  const largest = [...detections].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, listed);
  const rows = largest.map((detection) => {
    const facts = factsOf(detection);
    const place = facts.at(-1)?.[1] ?? '';
    const button = element('button', { type: 'button' }, place);
    button.addEventListener('click', () => map.show(detection));
    const cells = facts.slice(0, -1).map(([, value]) => element('td', {}, value));
    return element('tr', {}, element('th', { scope: 'row' }, button), ...cells);
  });
  const names = largest[0] === undefined ? [] : factsOf(largest[0]).map(([name]) => name);
  const heads = ['Place', ...names.slice(0, -1)].map((name) => element('th', { scope: 'col' }, name));
  part('largest').replaceChildren(element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows));
}
