import type { DrawnDetection } from '../reportData.ts';
import { element } from './element.ts';
import { formatNumber, formatPlace, formatShare } from './format.ts';

/** Lists what is known of a detection, as pairs of a name and a value. */
export function factsOf(detection: DrawnDetection): (readonly [name: string, value: string])[] {
  const { areaKm2, areaPx, confidence, brightness, lon, lat, x, y } = detection;
  const area = areaKm2 === null ? `${formatNumber(areaPx)} px` : `${formatNumber(areaKm2)} km²`;
  const place = lon === null || lat === null ? `${Math.round(x)}, ${Math.round(y)} px` : formatPlace(lat, lon);
  return [
    ['Area', area],
    ['Confidence', formatShare(confidence)],
    ...(brightness === null ? [] : [['Brightness', `${formatNumber(brightness)} of 255`] as const]),
    ['Place', place],
  ];
}

/** Describes a detection in a small list, for the tooltip on the map. */
export function describeDetection(detection: DrawnDetection): HTMLElement {
  const rows = factsOf(detection).map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value)),
  );
  return element('dl', { class: 'facts' }, ...rows);
}
