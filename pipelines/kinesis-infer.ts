import { z } from 'zod';
import {
  asyncEndpointOptions,
  backoff,
  completionSchedule,
  decodeOptions,
  definePipeline,
  deliveryOptions,
  fromKinesis,
  inferAsync,
  kinesisDeadLetter,
  kinesisOptions,
  kinesisReaderOptions,
  kinesisWriterOptions,
  pipelineOptions,
  redeliver,
  redeliveryOptions,
  sagemakerEndpoint,
  separateOutputs,
  toKinesis,
} from '../src/index.ts';

/** Takes any payload from a stream to the endpoint, and the endpoint's answer, byte for byte, to another stream. */
export default definePipeline({
  name: 'kinesis-infer',
  config: z
    .strictObject({
      kinesis: kinesisOptions.prefault({}),
      source: z.strictObject({ ...kinesisReaderOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape }),
      endpoint: asyncEndpointOptions,
      sink: kinesisWriterOptions,
      deadLetter: kinesisWriterOptions,
      redelivery: redeliveryOptions.prefault({}),
      ...pipelineOptions.shape,
    })
    .superRefine(separateOutputs('stream')),
  build: ({ config, name, drain }) => {
    const { kinesis, source, endpoint, sink, deadLetter, redelivery } = config;
    const otherwise = kinesisDeadLetter({ ...kinesis, ...deadLetter, pipeline: name });
    const onNack = redeliver({ ...redelivery, delayMs: backoff(redelivery.backoff), otherwise });
    return fromKinesis({ ...kinesis, ...source, drain, onNack }).pipe(
      inferAsync({ ...endpoint, endpoint: sagemakerEndpoint(endpoint), schedule: completionSchedule(endpoint) }),
      toKinesis({ ...kinesis, ...sink, pipeline: name }),
    );
  },
});
