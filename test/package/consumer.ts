// What a stranger writes in a project of their own, with swath installed from its package.
import { definePipeline, fromReader, mapTile, runPipeline, toWriter } from 'swath';
import { memoryLog, memoryWriter } from 'swath/testing';
import { z } from 'zod';

const log = memoryLog([{ n: 1 }, { n: 2 }, { n: 3 }]);
const output = memoryWriter();

const pipeline = definePipeline({
  name: 'multiply',
  config: z.strictObject({ factor: z.number() }),
  build: ({ config, drain }) =>
    fromReader(log, { drain }).pipe(
      mapTile('multiply', async ({ n }) => ({ product: n * config.factor })),
      toWriter(output, {
        toRecord: ({ origin, tile }) => ({
          key: Buffer.from(origin.position),
          value: Buffer.from(String(tile.product)),
          headers: [],
        }),
      }),
    ),
});

const { reason } = await runPipeline(pipeline, { config: { factor: 2 } });
const written = output.records.map(({ value }) => Number(value)).sort();
console.log(JSON.stringify({ reason, written, committed: log.committed.at(-1) }));

// @ts-expect-error a stage cannot use what no stage before it learnt
fromReader(log, { drain: AbortSignal.abort() }).pipe(mapTile('late', async ({ product }) => ({ late: product })));
