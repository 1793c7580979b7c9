import type { RunProgress } from '../../telemetry/runProgress.ts';
import type { Page, PageAnswer } from './startHttp.ts';

/** The run whose health is asked for. */
export interface HealthFacts {
  readonly pipeline: string;
  /** Absent until the run has started. */
  readonly progress: () => Readonly<RunProgress> | undefined;
  readonly drain: AbortSignal;
}

/**
 * Makes `/livez` (this process answers) and `/readyz` (the run holds partitions and takes new records; else 503 with the reason).
 */
export function healthPages({ pipeline, progress, drain }: HealthFacts): Readonly<Record<'/livez' | '/readyz', Page>> {
  return {
    '/livez': () => json(200, { status: 'ok', pipeline }),
    '/readyz': () => {
      const counters = progress();
      if (drain.aborted)
        return json(503, { status: 'draining', pipeline, reason: 'it was told to stop', tiles: counters });
      if ((counters?.partitions ?? 0) === 0) {
        return json(503, {
          status: 'starting',
          pipeline,
          reason: 'the source holds no partition yet',
          tiles: counters,
        });
      }
      return json(200, { status: 'ready', pipeline, tiles: counters });
    },
  };
}

function json(status: number, value: unknown): PageAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
