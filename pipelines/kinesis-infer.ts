import { z } from 'zod';
import {
  asyncEndpointOptions,
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
  sagemakerEndpoint,
  toKinesis,
} from '../src/index.ts';

/** Takes any payload from a stream to the endpoint, and the endpoint's answer, byte for byte, to another stream. */
export default definePipeline({
  name: 'kinesis-infer',
  config: z.strictObject({
    kinesis: kinesisOptions.prefault({}),
    source: z.strictObject({ ...kinesisReaderOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape }),
    endpoint: asyncEndpointOptions,
    sink: kinesisWriterOptions,
    deadLetter: kinesisWriterOptions,
    ...pipelineOptions.shape,
  }),
  build: ({ config, name, drain }) => {
    const { kinesis, source, endpoint, sink, deadLetter } = config;
    const onNack = kinesisDeadLetter({ ...kinesis, ...deadLetter, pipeline: name });
    return fromKinesis({ ...kinesis, ...source, drain, onNack }).pipe(
      inferAsync({ ...endpoint, endpoint: sagemakerEndpoint(endpoint), schedule: completionSchedule(endpoint) }),
      toKinesis({ ...kinesis, ...sink, pipeline: name }),
    );
  },
});
