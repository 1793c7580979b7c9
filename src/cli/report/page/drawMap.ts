import type { LatLngTuple, LeafletMouseEvent, Polygon } from 'leaflet';
import type { DrawnDetection, ReportData } from '../reportData.ts';
import { describeDetection } from './describeDetection.ts';
import { part } from './element.ts';
import type { PageTools } from './pageTools.ts';

/** How near the pointer must come, in pixels of the screen: most lights are smaller than a fingertip. */
const reachPixels = 14;
const plain = { color: '#ffb84d', weight: 1, opacity: 0.9, fillOpacity: 0.15, interactive: false } as const;
const marked = { color: '#ffffff', weight: 2.5, opacity: 1, fill: false, interactive: false } as const;

/** The map, to be led from outside. */
export interface DrawnMap {
  /** Goes to a detection, and says what is known of it. */
  show(detection: DrawnDetection): void;
}

/** Draws the picture with the outlines of the detections; pointing near one says what is known of it. */
export function drawMap({ L, d3 }: PageTools, { picture, detections }: ReportData): DrawnMap {
  const { width, height, bounds } = picture;
  const [west, south, east, north] = bounds ?? [0, -height, width, 0];
  const span = east < west ? east + 360 - west : east - west;
  const toLatLng = (x: number, y: number): LatLngTuple => [
    north - (y / height) * (north - south),
    west + (x / width) * span,
  ];
  const frame = L.latLngBounds(toLatLng(0, height), toLatLng(width, 0));
  const map = L.map(part('map'), {
    crs: bounds === null ? L.CRS.Simple : L.CRS.EPSG4326,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 120,
    maxBounds: frame.pad(0.1),
    maxBoundsViscosity: 0.8,
    attributionControl: false,
    zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  });
  map.fitBounds(frame, { animate: false });
  // The whole picture, without a margin where the shape of the map differs from its own.
  map.setZoom(map.getBoundsZoom(frame, true), { animate: false });
  map.setMinZoom(map.getBoundsZoom(frame) - 0.5);
  map.setMaxZoom(map.getZoom() + 6);

  const image = part('picture');
  if (image instanceof HTMLImageElement) L.imageOverlay(image.src, frame, { alt: image.alt }).addTo(map);
  image.remove(); // it stood in for the map where scripts do not run

  const outlineOf = ({ outline }: DrawnDetection): LatLngTuple[] =>
    Array.from({ length: outline.length / 2 }, (_, i) => toLatLng(outline[2 * i] ?? 0, outline[2 * i + 1] ?? 0));
  const renderer = L.svg({ padding: 0.5 });
  const outlines = L.layerGroup(
    detections.map((detection) => L.polygon(outlineOf(detection), { ...plain, renderer, className: 'detection' })),
  ).addTo(map);
  const scale = (): void => {
    // Far out the outlines are points: thinner lines let the picture shine through.
    const weight = Math.min(2, 0.7 + 0.35 * Math.max(0, map.getZoom() - map.getMinZoom() - 0.5));
    outlines.eachLayer((layer) => (layer as Polygon).setStyle({ weight }));
  };
  map.on('zoomend', scale);
  scale();

  const mark = L.polygon([], { ...marked, className: 'marked' }).addTo(map);
  const tooltip = L.tooltip({ direction: 'top', offset: [0, -4], className: 'detection-tooltip', opacity: 1 });
  const places = d3.quadtree(
    detections,
    ({ x }) => x,
    ({ y }) => y,
  );
  const describe = (detection: DrawnDetection | undefined): void => {
    mark.setLatLngs(detection === undefined ? [] : outlineOf(detection));
    if (detection === undefined) return void tooltip.remove();
    const [lat, lng] = toLatLng(detection.x, Math.min(...detection.outline.filter((_, i) => i % 2 === 1)));
    tooltip.setLatLng([lat, lng]).setContent(describeDetection(detection)).addTo(map);
  };
  const widest = detections.reduce((most, { outline }) => Math.max(most, reachOf(outline)), 0);
  const near = ({ latlng }: LeafletMouseEvent): DrawnDetection | undefined => {
    const x = ((latlng.lng - west) / span) * width;
    const y = ((north - latlng.lat) / (north - south)) * height;
    const shown = map.getBounds();
    const reach = (reachPixels * (shown.getEast() - shown.getWest()) * width) / span / map.getSize().x;
    const nearest = places.find(x, y, Math.max(reach, widest));
    if (nearest === undefined) return undefined;
    const distance = Math.hypot(nearest.x - x, nearest.y - y);
    return distance <= reach || distance <= reachOf(nearest.outline) ? nearest : undefined;
  };
  map.on('mousemove', (event) => describe(near(event)));
  map.on('click', (event) => describe(near(event)));
  map.on('mouseout', () => describe(undefined));

  const toggle = part('outlines');
  toggle.addEventListener('change', () => {
    if (toggle instanceof HTMLInputElement && toggle.checked) outlines.addTo(map);
    else outlines.remove();
  });
  return {
    show: (detection) => {
      map.flyTo(toLatLng(detection.x, detection.y), map.getMinZoom() + 4, { duration: 0.8 });
      map.once('moveend', () => describe(detection));
    },
  };
}

/** Half of the diagonal of an outline's box, in pixels of the picture. */
function reachOf(outline: readonly number[]): number {
  const xs = outline.filter((_, i) => i % 2 === 0);
  const ys = outline.filter((_, i) => i % 2 === 1);
  return Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) / 2;
}
