import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import pMap from 'p-map';
import { EMPTY, expand, from, lastValueFrom, mergeMap, switchMap, takeWhile, timer } from 'rxjs';
import { sagemakerEndpoint } from '../../src/aws/sagemakerEndpoint.ts';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { type Measured, measure } from './measure.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';

const concurrency = 200;
const serviceMs = 1_000;
const contentType = 'image/png';
const payload = { bytes: new Uint8Array(2_000) };

/** Reader → `inferAsync` over HTTP → writer; S3 and the endpoint run in a second process. Peers do the same calls in loops. */
export async function http(): Promise<{ swath: Measured; peers: Record<string, Measured> }> {
  const script = new URL('./endpointProcess.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, String(serviceMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = await once(child.stdout, 'data');
    Object.assign(process.env, JSON.parse(String(line)));
    const tiles = 50 * concurrency;
    const ideal = concurrency / (serviceMs / 1000);
    const swath = await measure(tiles, ideal, () => withSwath(tiles));
    const peerTiles = 12 * concurrency;
    const loop = await measure(peerTiles, ideal, () => withPMap(peerTiles));
    const textbook = await measure(peerTiles, ideal, () => withMergeMap(peerTiles));
    return { swath, peers: { 'p-map': loop, 'rxjs mergeMap + expand': textbook } };
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
}

function withSwath(tiles: number): Promise<unknown> {
  const drain = new AbortController().signal;
  const endpoint = sagemakerEndpoint({
    name: 'bench',
    inputBucket: 'bench-in',
    outputBucket: 'bench-out',
    concurrency,
  });
  const decode = ({ id }: { id: number }) => ({ id: `swath-${id}`, payload, contentType });
  const source = fromReader(syntheticLog(tiles), {
    drain,
    decode,
    maxInFlight: 2 * concurrency,
    commitIntervalMs: 1_000,
  });
  const stage = inferAsync({ endpoint, concurrency });
  return lastValueFrom(source.pipe(stage, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord })));
}

/** The calls of a peer: the SDK as it comes, with a socket for each tile. */
function peerCalls(prefix: string) {
  const requestHandler = { httpsAgent: { maxSockets: concurrency }, httpAgent: { maxSockets: concurrency } };
  const s3 = new S3Client({ forcePathStyle: true, requestHandler });
  const runtime = new SageMakerRuntimeClient({ requestHandler });
  return {
    invoke: async (id: number): Promise<string> => {
      const input = {
        EndpointName: 'bench',
        Body: payload.bytes,
        ContentType: contentType,
        InferenceId: `${prefix}-${id}`,
      };
      const { OutputLocation = '' } = await runtime.send(new InvokeEndpointAsyncCommand(input));
      return OutputLocation;
    },
    find: async (uri: string): Promise<Uint8Array | undefined> => {
      const { hostname: Bucket, pathname } = new URL(uri);
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: decodeURIComponent(pathname.slice(1)) }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
  };
}

const waits = (attempt: number): number => Math.min(250 * 1.5 ** attempt, 5_000);
const idsOf = (tiles: number): number[] => Array.from({ length: tiles }, (_, i) => i);

function withPMap(tiles: number): Promise<unknown> {
  const { invoke, find } = peerCalls('p-map');
  const one = async (id: number): Promise<void> => {
    const uri = await invoke(id);
    for (let attempt = 0; ; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, waits(attempt)));
      if ((await find(uri)) !== undefined) return;
    }
  };
  return pMap(idsOf(tiles), one, { concurrency });
}

function withMergeMap(tiles: number): Promise<unknown> {
  const { invoke, find } = peerCalls('rxjs');
  const one = (id: number) =>
    from(invoke(id)).pipe(
      switchMap((uri) => {
        const look = (attempt: number) => timer(waits(attempt)).pipe(switchMap(() => find(uri)));
        return look(0).pipe(
          expand((object, attempt) => (object === undefined ? look(attempt + 1) : EMPTY)),
          takeWhile((object) => object === undefined, true),
        );
      }),
    );
  return lastValueFrom(from(idsOf(tiles)).pipe(mergeMap(one, concurrency)), { defaultValue: undefined });
}
