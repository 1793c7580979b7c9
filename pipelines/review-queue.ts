import { z } from 'zod';
import {
  asyncEndpointOptions,
  backoff,
  completionSchedule,
  decodeOptions,
  definePipeline,
  deliveryOptions,
  filterTile,
  fromKinesis,
  type InferredTile,
  inferAsync,
  kinesisDeadLetter,
  kinesisOptions,
  kinesisReaderOptions,
  kinesisWriterOptions,
  mapTile,
  pipelineOptions,
  redeliver,
  redeliveryOptions,
  sagemakerEndpoint,
  separateOutputs,
  type Tile,
  toFeatures,
  toKinesis,
} from '../src/index.ts';

/** An own stage: the model's answer as features, and how sure the model is of the one it is least sure of. */
const grade = mapTile('grade', async (tile: Tile & InferredTile) => {
  const features = toFeatures(tile.result.json(), tile);
  const confidence = Math.min(1, ...features.map(({ properties }) => properties.confidence));
  return { features, confidence };
});

/**
 * Sends what the model is sure of to one stream, and tiles with a doubtful detection to another, where a person looks at them.
 *
 * Both ways end in a sink, which acknowledges the tile; nothing is committed before one of them has it.
 */
export default definePipeline({
  name: 'review-queue',
  config: z
    .strictObject({
      kinesis: kinesisOptions.prefault({}),
      source: z.strictObject({ ...kinesisReaderOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape }),
      endpoint: asyncEndpointOptions,
      sink: kinesisWriterOptions,
      review: z.strictObject({ ...kinesisWriterOptions.shape, minConfidence: z.number().min(0).max(1).default(0.6) }),
      deadLetter: kinesisWriterOptions,
      redelivery: redeliveryOptions.prefault({}),
      ...pipelineOptions.shape,
    })
    .superRefine(separateOutputs('stream', ['sink', 'review'])),
  build: ({ config, name: pipeline, drain }) => {
    const { kinesis, source, endpoint, sink, deadLetter, redelivery } = config;
    const { minConfidence, ...review } = config.review;
    type Graded = Tile & { confidence: number; features: readonly object[] };
    const value = ({ confidence, features }: Graded) => ({ type: 'FeatureCollection', confidence, features });
    const otherwise = kinesisDeadLetter({ ...kinesis, ...deadLetter, pipeline });
    const onNack = redeliver({ ...redelivery, delayMs: backoff(redelivery.backoff), otherwise });
    return fromKinesis({ ...kinesis, ...source, drain, onNack }).pipe(
      inferAsync({ ...endpoint, endpoint: sagemakerEndpoint(endpoint), schedule: completionSchedule(endpoint) }),
      grade,
      filterTile('sure', ({ confidence }) => confidence >= minConfidence, {
        otherwise: toKinesis<Graded>({ ...kinesis, ...review, pipeline, value }),
      }),
      toKinesis({ ...kinesis, ...sink, pipeline, value }),
    );
  },
});
