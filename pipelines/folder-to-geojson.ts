import { z } from 'zod';
import {
  decodeOptions,
  definePipeline,
  type FolderTile,
  fileDeadLetter,
  fileSinkOptions,
  folderSourceOptions,
  fromFolder,
  mapTile,
  ServiceError,
  separateOutputs,
  toFeatures,
  toFile,
} from '../src/index.ts';

const edges = z.strictObject({
  west: z.number().min(-180).max(180),
  south: z.number().min(-90).max(90),
  east: z.number().min(-180).max(180),
  north: z.number().min(-90).max(90),
});

/** Asks a model container at once, without an endpoint around it; what it refuses is not tried again. */
async function askModel(url: string, { payload, contentType }: FolderTile, signal: AbortSignal): Promise<unknown> {
  const body = 'bytes' in payload ? Buffer.from(payload.bytes) : null;
  const headers = { 'content-type': contentType };
  const operation = 'model.Invocations';
  const answer = await fetch(new URL('/invocations', url), { method: 'POST', body, headers, signal }).catch((cause) => {
    throw new ServiceError(
      'SERVICE_UNAVAILABLE',
      `no answer from ${url}`,
      { operation, serviceCode: 'Fetch' },
      { cause },
    );
  });
  if (answer.ok) return answer.json();
  const code = answer.status < 500 ? 'SERVICE_REFUSED' : 'SERVICE_UNAVAILABLE';
  const facts = { operation, serviceCode: String(answer.status), httpStatus: answer.status };
  throw new ServiceError(code, `the model answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`, facts);
}

function placeOf({ west, south, east, north }: z.output<typeof edges>): Pick<FolderTile, 'bounds' | 'crs'> {
  return { bounds: [west, south, east, north], crs: 'EPSG:4326' };
}

/**
 * Detects in a folder of pictures, and appends what is found to a file, a GeoJSON feature a line. No broker, no account: a folder,
 * a model container (`node model/server.ts`) and a file.
 */
export default definePipeline({
  name: 'folder-to-geojson',
  config: z
    .strictObject({
      source: z.strictObject({ ...folderSourceOptions.shape, ...decodeOptions.shape }),
      model: z
        .strictObject({
          url: z.url().default('http://127.0.0.1:8080'),
          concurrency: z.int().positive().default(4),
          timeoutMs: z.int().positive().default(60_000),
        })
        .prefault({}),
      bounds: edges
        .optional()
        .meta({ description: 'Edges of every picture, in degrees; without them features have no place.' }),
      sink: fileSinkOptions,
      deadLetter: fileSinkOptions.pick({ path: true }),
    })
    .superRefine(separateOutputs('path')),
  build: ({ config, drain }) => {
    const { url, ...limits } = config.model;
    const place = config.bounds && placeOf(config.bounds);
    return fromFolder({ ...config.source, drain, onNack: fileDeadLetter(config.deadLetter.path) }).pipe(
      mapTile(
        'detect',
        async (tile, { signal }) => {
          const features = toFeatures(await askModel(url, tile, signal), { ...tile, ...place });
          return { features };
        },
        limits,
      ),
      toFile({ ...config.sink, lines: ({ features }) => features }),
    );
  },
});
