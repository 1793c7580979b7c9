import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../../../model/startModelServer.ts';
import folderToGeojson from '../../../pipelines/folder-to-geojson.ts';
import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import { drawnRoom } from '../../support/cli/badRecords.ts';

let folder = '';
let model: ModelServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-geojson-'));
  model = await startModelServer({ port: 0, workers: 1 });
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

const linesOf = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('writes what the model finds in a folder of pictures, a feature a line, and what it refuses beside it', async () => {
  const { png, jpeg } = await drawnRoom();
  const path = join(folder, 'plans');
  await mkdir(path);
  await writeFile(join(path, '1.png'), png);
  await writeFile(join(path, '2.jpg'), jpeg);
  await writeFile(join(path, '3.png'), png.subarray(0, 100));
  const [out, refused] = [join(folder, 'out', 'rooms.geojsonl'), join(folder, 'out', 'refused.jsonl')];
  const config = {
    source: { path },
    model: { url: model.url },
    bounds: { west: 0, south: 40, east: 20, north: 60 },
    sink: { path: out },
    deadLetter: { path: refused },
  };
  const report = await runPipeline(folderToGeojson, { config });
  expect(report).toMatchObject({ reason: 'completed', unfinished: 0, progress: { acked: 2, deadLettered: 1 } });
  const features = await linesOf(out);
  expect(features.map(({ id }) => String(id).split('/')[0]).toSorted()).toEqual(['1.png', '2.jpg']);
  for (const { type, geometry } of features) {
    expect(type).toBe('Feature');
    const [ring = []] = (geometry as { coordinates: [number, number][][] }).coordinates;
    const [lons, lats] = [ring.map(([lon]) => Math.round(lon)), ring.map(([, lat]) => Math.round(lat))];
    // The room lies between pixels 40 and 160 of 200, each way.
    expect([Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)]).toEqual([4, 16, 44, 56]);
  }
  expect(await linesOf(refused)).toEqual([
    {
      origin: { stream: 'files', partition: path, position: '3.png' },
      code: 'SERVICE_REFUSED',
      message: 'the model answered 400: {"error":"Failed to decode image"}',
      stage: 'detect',
      attempts: 1,
      time: expect.any(String),
    },
  ]);
});

it('waits for a model that is not there, tile by tile, then says so', async () => {
  const path = join(folder, 'one');
  await mkdir(path);
  await writeFile(join(path, '1.png'), (await drawnRoom()).png);
  const refused = join(folder, 'nobody.jsonl');
  const config = {
    source: { path },
    model: { url: 'http://127.0.0.1:1' },
    sink: { path: join(folder, 'nothing.jsonl') },
    deadLetter: { path: refused },
  };
  const report = await runPipeline(folderToGeojson, { config });
  expect(report.progress).toMatchObject({ acked: 0, deadLettered: 1 });
  expect(await linesOf(refused)).toMatchObject([
    { code: 'SERVICE_UNAVAILABLE', message: 'no answer from http://127.0.0.1:1' },
  ]);
});
