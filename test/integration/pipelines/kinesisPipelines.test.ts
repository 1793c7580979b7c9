import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import detect from '../../../pipelines/detect.ts';
import reviewQueue from '../../../pipelines/review-queue.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import { useLocalAws } from '../../../src/cli/demo/useLocalAws.ts';
import { untilIdle } from '../../../src/cli/run/untilIdle.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import type { ContainerHandler } from '../../../src/local/sagemaker/containerHandler.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import type { Pipeline } from '../../../src/pipeline/definePipeline.ts';
import { type RunReport, runPipeline } from '../../../src/pipeline/runPipeline.ts';

/** Answers with rooms as sure as the payload says: `0.9,0.4` is two. */
const doubtful: ContainerHandler = async ({ bytes }) => {
  const rooms = Buffer.from(bytes)
    .toString()
    .split(',')
    .filter(Boolean)
    .map((confidence, i) => ({
      id: `room_${i + 1}`,
      area: 100 + i,
      vertices: [
        [10, 10],
        [20, 10],
        [20, 20],
        [10, 20],
      ].map(([x, y]) => ({ x, y })),
      bounding_box: { x: 10, y: 10, width: 10, height: 10 },
      confidence: Number(confidence),
    }));
  const answer = { status: 'success', room_count: rooms.length, rooms, image_shape: [100, 200, 3], metadata: {} };
  return { status: 200, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(answer)) };
};

let services: LocalServices;
let aws: Disposable;
beforeAll(async () => {
  const names = ['detect', 'review'].flatMap((name) => ['in', 'out', 'doubt', 'dead'].map((end) => `${name}-${end}`));
  services = await startLocalServices({
    buckets: ['in', 'out'],
    streams: Object.fromEntries(names.map((name) => [name, 1])),
    endpoints: [{ name: 'rooms', model: doubtful, outputPath: 's3://out/async-inference/output/' }],
  });
  aws = useLocalAws(services.endpoints);
});
afterAll(async () => {
  aws[Symbol.dispose]();
  await services.close();
});

const endpoint = { name: 'rooms', inputBucket: 'in', outputBucket: 'out' };
const publish = async (stream: string, values: readonly object[]): Promise<void> => {
  const writer = kinesisWriter({ stream });
  const writes = values.map((value) =>
    writer.write({ key: Buffer.from(randomUUID()), value: Buffer.from(JSON.stringify(value)), headers: [] }),
  );
  await Promise.all(writes);
  await writer.close();
};
const eventsOf = async (stream: string): Promise<{ id: string; [name: string]: unknown }[]> =>
  (await readWholeStream(stream)).map(({ value }) => JSON.parse(Buffer.from(value).toString()));
const runUntilIdle = <S extends z.ZodType>(pipeline: Pipeline<S>, config: z.input<S>): Promise<RunReport> => {
  const idle = new AbortController();
  return runPipeline(pipeline, {
    config,
    drain: idle.signal,
    onStart: (progress) => void untilIdle(progress, { idleMs: 500, signal: idle.signal }).then(() => idle.abort()),
  });
};
const tile = (id: string, confidences: string, more: object = {}): object => ({
  id,
  data_base64: Buffer.from(confidences || ',').toString('base64'),
  contentType: 'text/plain',
  ...more,
});

describe('detect', () => {
  it('sends what the model found as GeoJSON, with its place', async () => {
    const place = { bounds: [0, 40, 20, 50], crs: 'EPSG:4326', offset: [200, 0], scene: 'map.png' };
    await publish('detect-in', [tile('a', '0.9', place), tile('b', ''), tile('c', '0.5,0.6'), { id: 'd', wrong: 1 }]);
    const report = await runUntilIdle(detect, {
      kinesis: { leaseTable: 'detect' },
      source: { stream: 'detect-in' },
      sink: { stream: 'detect-out' },
      deadLetter: { stream: 'detect-dead' },
      endpoint,
    });
    expect(report).toMatchObject({ reason: 'drained', unfinished: 0, progress: { acked: 3, deadLettered: 1 } });
    const events = Object.fromEntries((await eventsOf('detect-out')).map((event) => [event.id, event]));
    expect(events['a']).toMatchObject({
      source: '/swath/detect',
      datacontenttype: 'application/geo+json',
      data: {
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            geometry: {
              type: 'Polygon',
              coordinates: [
                [
                  [1, 49],
                  [1, 48],
                  [2, 48],
                  [2, 49],
                  [1, 49],
                ],
              ],
            },
            properties: {
              confidence: 0.9,
              imageBBox: [210, 10, 220, 20],
              inferenceMetadata: { jobId: expect.any(String), inferenceDT: expect.any(String) },
              sourceMetadata: [{ location: 'map.png', sourceId: 'a' }],
            },
          },
        ],
      },
    });
    expect(events['b']).toMatchObject({ data: { type: 'FeatureCollection', features: [] } });
    expect(events['c']).toMatchObject({ data: { features: [{ geometry: null }, { geometry: null }] } });
  });
});

describe('review-queue', () => {
  it('sends the doubtful another way, and loses none', async () => {
    const confidences = { sure: '0.9,0.7', doubtful: '0.9,0.5', empty: '', border: '0.6' };
    await publish(
      'review-in',
      Object.entries(confidences).map(([id, text]) => tile(id, text)),
    );
    const report = await runUntilIdle(reviewQueue, {
      kinesis: { leaseTable: 'review' },
      source: { stream: 'review-in' },
      sink: { stream: 'review-out' },
      review: { stream: 'review-doubt', minConfidence: 0.6 },
      deadLetter: { stream: 'review-dead' },
      endpoint,
    });
    expect(report).toMatchObject({ reason: 'drained', unfinished: 0, progress: { acked: 4, deadLettered: 0 } });
    expect((await eventsOf('review-out')).map(({ id }) => id).toSorted()).toEqual(['border', 'empty', 'sure']);
    expect(await eventsOf('review-doubt')).toMatchObject([{ id: 'doubtful', data: { confidence: 0.5 } }]);
  });
});
