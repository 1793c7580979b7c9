import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import kafkaInfer from '../../pipelines/kafka-infer.ts';
import { constantModel } from '../../src/local/sagemaker/constantModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { runPipeline } from '../../src/pipeline/runPipeline.ts';
import { testTopic } from './testTopic.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the shipped Kafka pipeline with redelivery', () => {
  it.each([false, true])(
    'delivers a tile again in the order of its key, and refuses it after the last attempt (transactions: %s)',
    async (transactional) => {
      const [input, output, dead] = await Promise.all([testTopic(), testTopic(), testTopic()]);
      await using services = await startLocalServices({
        services: ['s3', 'sagemaker'],
        buckets: ['in', 'out'],
        endpoints: [{ name: 'detector', model: constantModel({ serviceMs: 1 }), outputPath: 's3://out/results/' }],
      });
      Object.assign(process.env, services.endpoints);
      services.sagemaker.faults.set({ invoke: { lose: 1 } }); // a job that is lost misses its deadline, which may pass
      const headers = { traceparent, scene: 'lisbon' };
      await input.append(0, [
        { key: 'k', value: 'lost', headers },
        { key: 'k', value: 'late', headers },
      ]);
      const stop = new AbortController();
      const { progress } = await runPipeline(kafkaInfer, {
        config: {
          kafka: { brokers: input.brokers },
          source: { topic: input.topic, groupId: input.groupId, order: 'key' },
          endpoint: {
            name: 'detector',
            inputBucket: 'in',
            outputBucket: 'out',
            outputPrefix: 'results/',
            deadlineMs: 500,
          },
          sink: { topic: output.topic, transactional },
          deadLetter: { topic: dead.topic },
          redelivery: { maxAttempts: 3, backoff: { initialMs: 10, maxMs: 20 } },
        },
        drain: stop.signal,
        onStart: async (running) => {
          while (running.deadLettered === 0) await sleep(5);
          services.sagemaker.faults.clear(); // the second waited for the first, and finds the endpoint well
          while (running.acked === 0) await sleep(5);
          stop.abort();
        },
      });
      expect(progress).toMatchObject({ read: 2, acked: 1, deadLettered: 1, inFlight: 0 });
      const [refused, ...more] = await dead.readAll();
      expect(more).toEqual([]);
      expect(String(refused?.value)).toBe('lost');
      const textOf = (name: string): string => String(refused?.headers[name]);
      expect(textOf('swath-dead-attempts')).toBe('3');
      expect(textOf('swath-dead-code')).toBe('POLL_DEADLINE');
      expect([textOf('traceparent'), textOf('scene'), String(refused?.key)]).toEqual([traceparent, 'lisbon', 'k']);
      const [result] = await output.readAll();
      expect(String(result?.headers['ce_subject'])).toBe(`${input.topic}/0/1`);
      expect(String(result?.headers['traceparent'])).toContain(traceparent.split('-')[1]);
      expect((await input.committed(0)).offset).toBe('2');
    },
  );
});
