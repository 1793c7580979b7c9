import { z } from 'zod';
import {
  asyncEndpointOptions,
  backoff,
  completionSchedule,
  decodeOptions,
  definePipeline,
  deliveryOptions,
  fromKafka,
  inferAsync,
  kafkaDeadLetter,
  kafkaOptions,
  kafkaOutputOptions,
  kafkaReaderOptions,
  kafkaTransactions,
  kafkaWriterOptions,
  pipelineOptions,
  redeliver,
  redeliveryOptions,
  sagemakerEndpoint,
  separateOutputs,
  toKafka,
} from '../src/index.ts';

/** Takes any payload from a topic to the endpoint, and the endpoint's answer, byte for byte, to another topic. */
export default definePipeline({
  name: 'kafka-infer',
  config: z
    .strictObject({
      kafka: kafkaOptions.prefault({}),
      source: z.strictObject({ ...kafkaReaderOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape }),
      endpoint: asyncEndpointOptions,
      sink: kafkaOutputOptions,
      deadLetter: kafkaWriterOptions,
      redelivery: redeliveryOptions.prefault({}),
      ...pipelineOptions.shape,
    })
    .superRefine(separateOutputs('topic')),
  build: ({ config, name, drain }) => {
    const { kafka, source, endpoint, sink, deadLetter, redelivery } = config;
    const { transactional, transactionMs } = sink;
    const transactions = transactional ? kafkaTransactions({ ...kafka, transactionMs }) : undefined;
    const otherwise = kafkaDeadLetter({ ...kafka, ...deadLetter, pipeline: name, transactions });
    const onNack = redeliver({ ...redelivery, delayMs: backoff(redelivery.backoff), otherwise });
    return fromKafka({ ...kafka, ...source, drain, onNack, transactions }).pipe(
      inferAsync({ ...endpoint, endpoint: sagemakerEndpoint(endpoint), schedule: completionSchedule(endpoint) }),
      toKafka({ ...kafka, ...sink, pipeline: name, transactions }),
    );
  },
});
