import type { DetectionFeature } from '../../imagery/detectionFeature.ts';
import type { ReadSpan } from './readSpans.ts';
import type { DrawnPicture, ReportData } from './reportData.ts';
import type { Summary } from './summary.ts';
import { tileLatencies } from './tileLatencies.ts';
import { toDrawnDetection } from './toDrawnDetection.ts';
import { toDrawnTrace } from './toDrawnTrace.ts';

/** A run that is over. */
export interface FinishedRun {
  readonly picture: DrawnPicture;
  /** What carried the tiles, for people: `Kinesis stream` or `Kafka topic`. */
  readonly source: string;
  readonly tileSize: number;
  readonly features: readonly DetectionFeature[];
  readonly spans: readonly ReadSpan[];
  readonly summary: Summary;
}

/** Collects what the page shows of a run. */
export function toReportData({ picture, source, tileSize, features, spans, summary }: FinishedRun): ReportData {
  const { exampleTrace } = summary;
  return {
    picture,
    source,
    tileSize,
    summary,
    detections: features.map(toDrawnDetection),
    latenciesMs: tileLatencies(spans).map(({ tileId, ms }) => ({ tileId, ms })),
    trace: exampleTrace === null ? null : toDrawnTrace(spans, exampleTrace),
  };
}
