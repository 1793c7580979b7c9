import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../pipeline/runPipeline.ts';
import { readSpans } from '../report/readSpans.ts';
import { renderReport } from '../report/renderReport.ts';
import { summarize } from '../report/summarize.ts';
import type { Summary } from '../report/summary.ts';
import { tileLatencies } from '../report/tileLatencies.ts';
import { toReportData } from '../report/toReportData.ts';
import { countRefusals } from './countRefusals.ts';
import type { DemoOptions } from './demoOptions.ts';
import { drawOverlay } from './drawOverlay.ts';
import { mergeResults } from './mergeResults.ts';
import type { DemoPicture } from './openDemoPicture.ts';
import { reducePicture } from './reducePicture.ts';

/** A run that is through, and what it left. */
export interface DemoResults {
  readonly options: DemoOptions;
  readonly picture: DemoPicture;
  /** What carried the tiles, for people. */
  readonly label: string;
  /** GeoJSON of each output record. */
  readonly results: readonly unknown[];
  readonly report: RunReport;
  readonly elapsedMs: number;
  readonly calls: Readonly<Record<string, number>>;
  /** OTLP/JSON, a line per export. */
  readonly spanLines: readonly string[];
}

/** What a run comes to. */
export interface WrittenResults {
  readonly summary: Summary;
  /** Tiles that went to the dead letters, by the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Writes the files of a run into its folder: page, overlay, GeoJSON, traces and summary. */
export async function writeResults(run: DemoResults): Promise<WrittenResults> {
  const { options, picture, label, results, report, elapsedMs, calls, spanLines } = run;
  const { read, deadLettered } = report.progress;
  const features = mergeResults(results);
  const spans = spanLines.flatMap(readSpans);
  const summary = summarize({
    tiles: { read, written: results.length, deadLettered },
    detections: features.length,
    elapsedMs,
    calls,
    latencies: tileLatencies(spans),
  });
  const { name, width, height, bounds = null } = picture.cut.picture;
  const data = toReportData({
    picture: { name, width, height, bounds },
    source: label,
    tileSize: options.tileSize,
    features,
    spans,
    summary,
  });
  const [image, overlay] = await Promise.all([
    reducePicture(picture.cut.picture),
    drawOverlay(picture.cut.picture, features),
  ]);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'index.html': await renderReport({
      data,
      image,
      credit: `${picture.credit} Drawn with Leaflet, D3 and Observable Plot.`,
    }),
    'overlay.png': overlay,
    'detections.geojson': `{"type":"FeatureCollection","features":[\n${features.map((each) => JSON.stringify(each)).join(',\n')}\n]}\n`,
    'traces.jsonl': spanLines.map((line) => `${line}\n`).join(''),
    'summary.json': `${JSON.stringify(summary, undefined, 2)}\n`,
  };
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(join(options.out, file), content)));
  return { summary, refused: countRefusals(spans) };
}
