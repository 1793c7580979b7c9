import { lastValueFrom } from 'rxjs';
import { CallCounter } from '../../src/aws/callCounter.ts';
import { sagemakerEndpoint } from '../../src/aws/sagemakerEndpoint.ts';
import { constantModel } from '../../src/local/sagemaker/constantModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { adaptedSchedule } from '../../src/operators/adaptedSchedule.ts';
import { backoffSchedule } from '../../src/operators/backoffSchedule.ts';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import type { PollSchedule } from '../../src/operators/pollSchedule.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';

const tiles = 3_000;
const payload = { bytes: new Uint8Array(2_000) };

/** AWS calls per tile by way of completion; service times are lognormal (median 0.5 s, sigma 0.5). */
export async function calls(): Promise<{ backoff: number; adapted: number }> {
  const serviceMs = { medianMs: 500, sigma: 0.5 };
  await using services = await startLocalServices({
    services: ['s3', 'sagemaker'],
    buckets: ['bench-in', 'bench-out'],
    endpoints: [
      {
        name: 'bench',
        model: constantModel({ serviceMs }),
        outputPath: 's3://bench-out/async-inference/output/',
        concurrencyPerInstance: 10_000,
      },
    ],
  });
  Object.assign(process.env, services.endpoints);
  const geometric = backoffSchedule({ intervalMs: 100, multiplier: 1.5, maxIntervalMs: 5_000 });
  return {
    backoff: await callsPerTile('backoff', geometric),
    adapted: await callsPerTile('adapted', adaptedSchedule()),
  };
}

async function callsPerTile(run: string, schedule: PollSchedule): Promise<number> {
  const counter = new CallCounter();
  const options = { name: 'bench', inputBucket: 'bench-in', outputBucket: 'bench-out' };
  const endpoint = sagemakerEndpoint(options, { calls: counter });
  const drain = new AbortController().signal;
  const decode = ({ id }: { id: number }) => ({ id: `${run}-${id}`, payload, contentType: 'image/png' });
  const source = fromReader(syntheticLog(tiles), { drain, decode, maxInFlight: 400, commitIntervalMs: 1_000 });
  const stage = inferAsync({ endpoint, concurrency: 200, schedule });
  await lastValueFrom(source.pipe(stage, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord })));
  return counter.count() / tiles;
}
