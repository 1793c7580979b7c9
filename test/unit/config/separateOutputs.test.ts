import { describe, expect, it } from 'vitest';
import detect from '../../../pipelines/detect.ts';
import folderToGeojson from '../../../pipelines/folder-to-geojson.ts';
import kafkaInfer from '../../../pipelines/kafka-infer.ts';
import kinesisInfer from '../../../pipelines/kinesis-infer.ts';
import reviewQueue from '../../../pipelines/review-queue.ts';
import { checkConfig } from '../../../src/config/checkConfig.ts';
import { loadConfig } from '../../../src/config/loadConfig.ts';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { kafkaTransactions } from '../../../src/kafka/transactions/kafkaTransactions.ts';
import type { Pipeline } from '../../../src/pipeline/definePipeline.ts';

const endpoint = ['endpoint.name=detector', 'endpoint.inputBucket=in', 'endpoint.outputBucket=out'];
const problemsOf = (pipeline: Pipeline, set: readonly string[]) => {
  try {
    loadConfig(pipeline.config, { env: {}, set });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};
const places = (option: string, of: Readonly<Record<string, string>>): string[] =>
  Object.entries(of).map(([section, place]) => `${section}.${option}=${place}`);

describe('where a pipeline writes', () => {
  const pipelines = [
    ['kafka-infer', kafkaInfer, 'topic'],
    ['detect on Kafka', detect, 'topic'],
    ['kinesis-infer', kinesisInfer, 'stream'],
    ['detect on Kinesis', detect, 'stream'],
  ] as const;

  it.each(pipelines)('is another place than where %s reads', (_, pipeline, option) => {
    const all = { source: 'a', sink: 'b', deadLetter: 'c' };
    expect(problemsOf(pipeline, [...endpoint, ...places(option, all)])).toEqual([]);
    expect(problemsOf(pipeline, [...endpoint, ...places(option, { ...all, sink: 'a' })])).toEqual([
      {
        field: `sink.${option}`,
        rule: `must be another than source.${option}: the pipeline would read what it writes, for ever`,
        value: 'a',
      },
    ]);
    expect(problemsOf(pipeline, [...endpoint, ...places(option, { ...all, deadLetter: 'a' })])).toEqual([
      {
        field: `deadLetter.${option}`,
        rule: `must be another than source.${option}: what is refused would come again, for ever`,
        value: 'a',
      },
    ]);
    expect(problemsOf(pipeline, [...endpoint, ...places(option, { ...all, deadLetter: 'b' })])).toEqual([
      {
        field: `deadLetter.${option}`,
        rule: `must be another than sink.${option}: dead letters have another form than results`,
        value: 'b',
      },
    ]);
  });

  it('may be one place for all results, with several of them', () => {
    const all = { source: 'a', sink: 'b', review: 'b', deadLetter: 'c' };
    expect(problemsOf(reviewQueue, [...endpoint, ...places('stream', all)])).toEqual([]);
    expect(problemsOf(reviewQueue, [...endpoint, ...places('stream', { ...all, review: 'a' })])).toMatchObject([
      { field: 'review.stream', value: 'a' },
    ]);
  });

  it('is another file than that of the dead letters', () => {
    const all = { source: 'scans', sink: 'out.jsonl', deadLetter: 'out.jsonl' };
    expect(problemsOf(folderToGeojson, places('path', all))).toMatchObject([{ field: 'deadLetter.path' }]);
  });
});

describe('sink.transactionMs', () => {
  const set = [...endpoint, ...places('topic', { source: 'a', sink: 'b', deadLetter: 'c' })];

  it.each([kafkaInfer, detect])('is refused where nothing is transactional', (pipeline: Pipeline) => {
    expect(problemsOf(pipeline, [...set, 'sink.transactionMs=20'])).toEqual([
      { field: 'sink.transactionMs', rule: 'has no effect without `transactional: true`', value: 20 },
    ]);
    expect(problemsOf(pipeline, [...set, 'sink.transactionMs=20', 'sink.transactional=true'])).toEqual([]);
    expect(problemsOf(pipeline, [...set, 'sink.transactional=true'])).toEqual([]);
  });

  it('has its default where the transactions are made', () => {
    const { sink } = checkConfig(kafkaInfer.config, {
      source: { topic: 'a' },
      sink: { topic: 'b', transactional: true },
      deadLetter: { topic: 'c' },
      endpoint: { name: 'detector', inputBucket: 'in', outputBucket: 'out' },
    });
    expect(() => kafkaTransactions({ transactionMs: sink.transactionMs })).not.toThrow();
  });
});
