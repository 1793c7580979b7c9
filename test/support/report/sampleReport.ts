import sharp from 'sharp';
import { readSpans } from '../../../src/cli/report/readSpans.ts';
import type { Report } from '../../../src/cli/report/renderReport.ts';
import type { DrawnDetection } from '../../../src/cli/report/reportData.ts';
import { summarize } from '../../../src/cli/report/summarize.ts';
import { tileLatencies } from '../../../src/cli/report/tileLatencies.ts';
import { toReportData } from '../../../src/cli/report/toReportData.ts';
import { sampleSpans } from './sampleSpans.ts';

const [width, height] = [1024, 512];
const calls = { 's3.GetObject': 300, 'sagemaker.InvokeEndpointAsync': 120, 'kinesis.PutRecords': 40 };

/** What a made-up report differs in from the usual one. */
export interface SampleOptions {
  readonly name?: string;
  /** Whether the picture has a place on earth; default true. */
  readonly located?: boolean;
}

/** Makes a report of a picture with 24 squares of light in a grid, and of 120 tiles. */
export async function sampleReport({ name = 'night.jpg', located = true }: SampleOptions = {}): Promise<Report> {
  const places = Array.from({ length: 24 }, (_, i) => [80 + 160 * (i % 6), 80 + 110 * Math.floor(i / 6)] as const);
  const squares = places.map(([x, y], i) => ({
    input: { create: { width: 8 + i, height: 8 + i, channels: 3 as const, background: '#ffd9a0' } },
    left: x,
    top: y,
  }));
  const night = sharp({ create: { width, height, channels: 3, background: '#04101c' } });
  const bytes = await night.composite(squares).jpeg().toBuffer();
  const spans = sampleSpans(120).flatMap(readSpans);
  const latencies = tileLatencies(spans);
  const tiles = { read: 120, written: 120, deadLettered: 0 };
  const summary = summarize({ tiles, detections: places.length, elapsedMs: 4000, calls, latencies });
  const bounds = located ? ([-180, -90, 180, 90] as const) : null;
  const run = {
    picture: { name, width, height, bounds },
    source: 'Kinesis stream',
    tileSize: 128,
    features: [],
    spans,
  };
  const data = { ...toReportData({ ...run, summary }), detections: places.map((at, i) => detection(at, i, located)) };
  return { data, image: { contentType: 'image/jpeg', bytes }, credit: 'A made-up picture.' };
}

function detection([x, y]: readonly [number, number], i: number, located: boolean): DrawnDetection {
  const side = 8 + i;
  const middle = [x + side / 2, y + side / 2] as const;
  return {
    outline: [x, y, x + side, y, x + side, y + side, x, y + side],
    x: middle[0],
    y: middle[1],
    lon: located ? (middle[0] / width) * 360 - 180 : null,
    lat: located ? 90 - (middle[1] / height) * 180 : null,
    areaKm2: located ? side * 100 : null,
    areaPx: side * side,
    confidence: 0.5 + i / 50,
    brightness: 200,
  };
}
