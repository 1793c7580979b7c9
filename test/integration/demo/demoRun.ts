import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoOptions } from '../../../src/cli/demo/demoOptions.ts';
import { runDemo } from '../../../src/cli/demo/runDemo.ts';
import type { Summary } from '../../../src/cli/report/summary.ts';
import type { DetectionFeature } from '../../../src/imagery/detectionFeature.ts';

/** A run of the demo in this process, and what it left in its folder. */
export interface DemoRun {
  readonly summary: Summary;
  readonly geojson: string;
  readonly features: DetectionFeature[];
  /** What it told people. */
  readonly told: readonly string[];
  /** Reads one of its files. */
  read(file: string): Promise<Buffer>;
  remove(): Promise<void>;
}

/** Runs the demo with its usual options, or with others, into a temporary folder. */
export async function demoRun(options: Partial<DemoOptions> = {}): Promise<DemoRun> {
  const out = await mkdtemp(join(tmpdir(), 'swath-out-'));
  const remove = (): Promise<void> => rm(out, { recursive: true, force: true });
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const progress = { step: tell, tell, tiles: () => {}, end: () => {} };
  try {
    const usual = { source: 'kinesis', tileSize: 256, set: [], out } as const;
    const stop = new AbortController().signal;
    const { summary } = await runDemo({ ...usual, ...options }, { progress, stop, env: {} });
    if (summary === undefined) throw new Error('the run was stopped');
    const read = (file: string): Promise<Buffer> => readFile(join(out, file));
    const geojson = (await read('detections.geojson')).toString('utf8');
    return { summary, geojson, features: JSON.parse(geojson).features, told, read, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
