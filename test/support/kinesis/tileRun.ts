import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkStreams, type StreamVerdict } from '../checker/checkStreams.ts';
import { type ChildLines, childLines } from '../childLines.ts';
import type { KinesisBench } from '../kinesisBench.ts';
import { type TilePipelineOptions, tilePipeline } from './tilePipeline.ts';

/** Where the workers of a run find the services, through proxies, and where the run looks itself. */
export interface TileRunParts {
  readonly bench: KinesisBench;
  readonly kinesis: string;
  readonly dynamodb: string;
  readonly shards: number;
}

/** A stream of tiles, one for their results, and workers that take them there. */
export interface TileRun {
  readonly names: { readonly input: string; readonly output: string };
  readonly table: string;
  check(): Promise<StreamVerdict>;
  /** Appends so many tiles to each shard. */
  feed(each: number): Promise<void>;
  /** Waits until every record has a result. */
  all(): Promise<void>;
  written(): Promise<number>;
  /** A worker in a process of its own. */
  child(more?: Partial<TilePipelineOptions>): ChildLines;
  /** A worker in this process; stops it in order. */
  start(more?: Partial<TilePipelineOptions>, began?: () => void): () => Promise<void>;
}

/** Tiles that a worker of a run has in flight at most. */
export const maxInFlight = 20;
const failoverMs = 3_000;
const worker = join(import.meta.dirname, 'tileWorker.ts');
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The record of a tile. */
export function tileRecord(id: string): string {
  return JSON.stringify({ id, data_base64: png, contentType: 'image/png' });
}

/** Makes the streams of a run. */
export async function openTileRun({ bench, kinesis, dynamodb, shards }: TileRunParts): Promise<TileRun> {
  const names = { input: `in-${randomUUID()}`, output: `out-${randomUUID()}` };
  await bench.createStream(names.input, shards);
  await bench.createStream(names.output, 1);
  const table = names.input;
  const common = { ...names, table, failoverMs, maxInFlight, workMs: 60, seed: 1 };
  const options: TilePipelineOptions = { ...common, kinesis, dynamodb };
  let next = 1;
  const check = (): Promise<StreamVerdict> =>
    checkStreams({ client: bench.client, dynamodb: bench.dynamodb, ...names, table });
  return {
    names,
    table,
    check,
    async feed(each) {
      for (const shard of await bench.shards(names.input)) {
        const tiles = Array.from({ length: each }, () => tileRecord(`tile ${next++}`));
        await bench.append(names.input, shard, tiles);
      }
    },
    async all() {
      while ((await check()).lost > 0) await sleep(100);
    },
    written: async () => (await bench.contents(names.output)).length,
    child: (more = {}) => childLines(process.execPath, [worker, JSON.stringify({ ...options, ...more })]),
    start(more = {}, began) {
      const drain = new AbortController();
      const ended = Promise.withResolvers<void>();
      ended.promise.catch(() => undefined); // told by the function
      tilePipeline({ ...options, ...more }, drain.signal, began).subscribe({
        error: (error: unknown) => ended.reject(error),
        complete: () => ended.resolve(),
      });
      return () => {
        drain.abort();
        return ended.promise;
      };
    },
  };
}
