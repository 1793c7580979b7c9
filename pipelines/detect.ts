import { z } from 'zod';
import {
  asyncEndpointOptions,
  backoff,
  completionSchedule,
  decodeOptions,
  definePipeline,
  deliveryOptions,
  fromKafka,
  fromKinesis,
  type InferredTile,
  type InvokedTile,
  inferAsync,
  kafkaDeadLetter,
  kafkaOptions,
  kafkaOutputOptions,
  kafkaReaderOptions,
  kafkaTransactions,
  kafkaWriterOptions,
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
  toKafka,
  toKinesis,
} from '../src/index.ts';

const delivery = { ...deliveryOptions.shape, ...decodeOptions.shape };
const common = {
  endpoint: asyncEndpointOptions,
  redelivery: redeliveryOptions.prefault({}),
  ...pipelineOptions.shape,
};

const overKafka = z
  .strictObject({
    kafka: kafkaOptions.prefault({}),
    source: z.strictObject({ ...kafkaReaderOptions.shape, ...delivery }),
    sink: kafkaOutputOptions,
    deadLetter: kafkaWriterOptions,
    ...common,
  })
  .superRefine(separateOutputs('topic'));

const overKinesis = z
  .strictObject({
    kinesis: kinesisOptions.prefault({}),
    source: z.strictObject({ ...kinesisReaderOptions.shape, ...delivery }),
    sink: kinesisWriterOptions,
    deadLetter: kinesisWriterOptions,
    ...common,
  })
  .superRefine(separateOutputs('stream'));

/** Turns the model's answer into features with a place on earth. */
const locate = mapTile('locate', async (tile: Tile & InvokedTile & InferredTile) => {
  const inference = { jobId: tile.invocation.inferenceId, inferenceDT: new Date().toISOString() };
  const features = toFeatures(tile.result.json(), tile, { inference });
  return { collection: { type: 'FeatureCollection', features } };
});

/** Sends a GeoJSON FeatureCollection for each tile: what the model found in the part of it that no other tile reports. */
export default definePipeline({
  name: 'detect',
  config: z.union([overKafka, overKinesis]),
  build: ({ config, name, drain }) => {
    const { endpoint, redelivery } = config;
    const again = { ...redelivery, delayMs: backoff(redelivery.backoff) };
    const infer = inferAsync<Tile>({
      ...endpoint,
      endpoint: sagemakerEndpoint(endpoint),
      schedule: completionSchedule(endpoint),
    });
    const written = {
      pipeline: name,
      value: ({ collection }: { collection: unknown }) => collection,
      contentType: () => 'application/geo+json',
    };
    if ('kafka' in config) {
      const { transactional, transactionMs } = config.sink;
      const transactions = transactional ? kafkaTransactions({ ...config.kafka, transactionMs }) : undefined;
      const otherwise = kafkaDeadLetter({ ...config.kafka, ...config.deadLetter, pipeline: name, transactions });
      const onNack = redeliver({ ...again, otherwise });
      return fromKafka({ ...config.kafka, ...config.source, drain, onNack, transactions }).pipe(
        infer,
        locate,
        toKafka({ ...config.kafka, ...config.sink, ...written, transactions }),
      );
    }
    const otherwise = kinesisDeadLetter({ ...config.kinesis, ...config.deadLetter, pipeline: name });
    const onNack = redeliver({ ...again, otherwise });
    return fromKinesis({ ...config.kinesis, ...config.source, drain, onNack }).pipe(
      infer,
      locate,
      toKinesis({ ...config.kinesis, ...config.sink, ...written }),
    );
  },
});
