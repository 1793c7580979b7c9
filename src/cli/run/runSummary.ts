import type { RunReport } from '../../pipeline/runPipeline.ts';

/** What a run came to, as `--json` prints it. */
export interface RunSummary {
  readonly pipeline: string;
  /** `idle`: drained because nothing came any more. */
  readonly reason: RunReport['reason'] | 'idle';
  readonly tiles: {
    readonly read: number;
    /** Acknowledged: by a sink, or by a stage that drops tiles. */
    readonly written: number;
    readonly deadLettered: number;
    readonly redelivered: number;
    /** Finished by an earlier run, and therefore not delivered again. */
    readonly skipped: number;
    /** Still in flight at the end; they come again. */
    readonly unfinished: number;
  };
  readonly seconds: number;
  readonly tilesPerSecond: number;
  /** Requests to AWS by operation, like `s3.GetObject`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly callsPerTile: number;
}

/** Sums a run up. */
export function runSummary(
  pipeline: string,
  report: RunReport,
  facts: { readonly isIdle: boolean; readonly elapsedMs: number; readonly calls: Readonly<Record<string, number>> },
): RunSummary {
  const { read, acked, deadLettered, redelivered, skipped } = report.progress;
  const settled = acked + deadLettered;
  const total = Object.values(facts.calls).reduce((sum, count) => sum + count, 0);
  return {
    pipeline,
    reason: facts.isIdle && report.reason === 'drained' ? 'idle' : report.reason,
    tiles: { read, written: acked, deadLettered, redelivered, skipped, unfinished: report.unfinished },
    seconds: rounded(facts.elapsedMs / 1000),
    tilesPerSecond: rounded((settled * 1000) / Math.max(1, facts.elapsedMs)),
    calls: facts.calls,
    callsPerTile: rounded(settled === 0 ? 0 : total / settled),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
