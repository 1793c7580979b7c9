import type { AreaMap } from './areaMap.ts';
import type { RgbImage } from './decodeImage.ts';
import type { Light, PixelBox } from './detectionResult.ts';
import type { OpenCv } from './loadOpenCv.ts';
import { matScope } from './matScope.ts';
import type { LightsConfig } from './modelConfig.ts';
import { planeMat } from './planeMat.ts';
import { rounded } from './rounded.ts';
import { splitAreas } from './splitAreas.ts';
import { traceOutline } from './traceOutline.ts';

// Binomial weights: in whole numbers, and 255·16·16 is far below 2^24, so the sums are exact in single precision and do
// not depend on where in the image a pixel lies.
const smoothing = [1, 4, 6, 4, 1];

/**
 * Finds the bright connected areas of a night picture, in reading order of their peaks.
 *
 * What it says of a light no larger than `max_extent`, or of a part of a larger one, depends only on pixels less than
 * `1.5 · max_extent + 2` from its peak, so that it is the same in every tile which holds those.
 */
export function detectLights(cv: OpenCv, image: RgbImage, config: LightsConfig): Light[] {
  return matScope(cv, (keep) => {
    const plane = keep(planeMat(cv, image, config.channel));
    const mask = keep(new cv.Mat());
    cv.threshold(plane, mask, config.threshold - 1, 255, cv.THRESH_BINARY);
    const labels = keep(new cv.Mat());
    const stats = keep(new cv.Mat());
    const centroids = keep(new cv.Mat());
    const count = cv.connectedComponentsWithStats(mask, labels, stats, centroids, 8, cv.CV_32S) - 1; // 0 is the background
    const kernel = keep(cv.matFromArray(1, smoothing.length, cv.CV_32F, smoothing));
    const smooth = keep(new cv.Mat());
    cv.sepFilter2D(plane, smooth, cv.CV_32F, kernel, kernel);
    const { width, height } = image;
    const whole: AreaMap = { width, height, labels: labels.data32S, count, smooth: smooth.data32F };
    const areas = config.max_extent === undefined ? whole : splitAreas(whole, boxes(stats.data32S), config.max_extent);
    return measure(areas, plane.data, config);
  });
}

/** The boxes of the areas 1, 2, … from OpenCV's table of left, top, width, height, area. */
function boxes(stats: Int32Array): PixelBox[] {
  return Array.from({ length: stats.length / 5 - 1 }, (_, i) => {
    const [x = 0, y = 0, width = 0, height = 0] = stats.subarray(5 * (i + 1));
    return { x, y, width, height };
  });
}

/** Sums over the pixels of one area. */
interface Tally {
  readonly label: number;
  /** First pixel in reading order. */
  readonly first: number;
  /** Pixel of greatest smoothed brightness, the first of them in reading order. */
  top: number;
  area: number;
  brightest: number;
  sum: number;
  sumX: number;
  sumY: number;
  left: number;
  right: number;
  bottom: number;
}

function measure(areas: AreaMap, plane: Uint8Array, config: LightsConfig): Light[] {
  const { max_area: maxArea = Number.POSITIVE_INFINITY } = config;
  return tallies(areas, plane)
    .filter((t) => t.brightest >= config.min_peak && t.area >= config.min_area && t.area <= maxArea)
    .sort((a, b) => a.top - b.top)
    .map((t, i) => light(t, i, areas, config));
}

function tallies({ width, labels, count, smooth }: AreaMap, plane: Uint8Array): Tally[] {
  const byLabel = new Array<Tally | undefined>(count + 1);
  for (let i = 0; i < labels.length; i += 1) {
    const label = labels[i] ?? 0;
    if (label === 0) continue;
    const x = i % width;
    let t = byLabel[label];
    if (t === undefined) {
      t = { label, first: i, top: i, area: 0, brightest: 0, sum: 0, sumX: 0, sumY: 0, left: x, right: x, bottom: 0 };
      byLabel[label] = t;
    }
    const value = plane[i] ?? 0;
    if ((smooth[i] ?? 0) > (smooth[t.top] ?? 0)) t.top = i;
    t.area += 1;
    t.brightest = Math.max(t.brightest, value);
    t.sum += value;
    t.sumX += x;
    t.bottom = (i - x) / width;
    t.sumY += t.bottom;
    t.left = Math.min(t.left, x);
    t.right = Math.max(t.right, x);
  }
  return byLabel.filter((t) => t !== undefined);
}

function light(t: Tally, index: number, { width, height, labels }: AreaMap, config: LightsConfig): Light {
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] === t.label;
  const y = Math.floor(t.first / width);
  const excess = Math.min(1, (t.brightest - config.threshold) / config.threshold);
  return {
    id: `light_${String(index + 1).padStart(4, '0')}`,
    centroid: { x: rounded(t.sumX / t.area + 0.5), y: rounded(t.sumY / t.area + 0.5) },
    peak: { x: t.top % width, y: Math.floor(t.top / width), value: t.brightest },
    area: t.area,
    brightness: rounded(t.sum / t.area),
    vertices: traceOutline(isInside, { x: t.first % width, y }),
    bounding_box: { x: t.left, y, width: t.right - t.left + 1, height: t.bottom - y + 1 },
    confidence: rounded(0.7 * excess + (0.3 * t.area) / (t.area + 4)),
  };
}
