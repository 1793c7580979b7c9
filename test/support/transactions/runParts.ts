import type { z } from 'zod';
import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import { partsPipeline } from './partsPipeline.ts';

/** The pipeline of the transaction tests in this process. */
export interface PartsRun {
  /** Stops reading, finishes and commits; resolves with why it ended. */
  drain(): Promise<string>;
  /** Gives up at once, and leaves what is open open. */
  abandon(): Promise<string>;
  readonly ended: Promise<string>;
}

/** Starts the pipeline of the transaction tests here. */
export function runParts(config: z.input<typeof partsPipeline.config>): PartsRun {
  const drain = new AbortController();
  const abandon = new AbortController();
  const run = runPipeline(partsPipeline, { config, drain: drain.signal, abandon: abandon.signal, drainMs: 120_000 });
  const ended = run.then(({ reason }) => reason);
  ended.catch(() => undefined); // told to whoever waits
  return {
    ended,
    drain: () => {
      drain.abort();
      return ended;
    },
    abandon: () => {
      abandon.abort();
      return ended;
    },
  };
}
