import { describe, expect, it } from 'vitest';
import kafkaInfer from '../../pipelines/kafka-infer.ts';
import { awsCalls } from '../../src/aws/awsCalls.ts';
import { constantModel } from '../../src/local/sagemaker/constantModel.ts';
import { startLocalServices } from '../../src/local/startLocalServices.ts';
import { runPipeline } from '../../src/pipeline/runPipeline.ts';
import { testTopic } from './testTopic.ts';

const count = 20_000;
const partitions = 4;
const bytes = 2_000;

/** Payloads that tell their number, and are 2 kB of no particular format. */
function payloads(from: number, to: number): { key: string; value: Buffer }[] {
  return Array.from({ length: to - from }, (_, i) => {
    const value = Buffer.alloc(bytes, from + i);
    value.writeUInt32BE(from + i, 0);
    return { key: String(from + i), value };
  });
}

describe('the shipped Kafka pipeline', () => {
  it('writes each of 20,000 tiles exactly once after a clean stop, with few calls and flat memory', async () => {
    const [input, output, dead] = await Promise.all([
      testTopic({ partitions }),
      testTopic({ partitions }),
      testTopic(),
    ]);
    const share = count / partitions;
    for (let partition = 0; partition < partitions; partition++) {
      for (let from = 0; from < share; from += 250) {
        await input.append(partition, payloads(partition * share + from, partition * share + from + 250));
      }
    }
    await using services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['tiles-in', 'tiles-out'],
      endpoints: [
        {
          name: 'detector',
          model: constantModel({ serviceMs: { fromMs: 50, toMs: 150 } }),
          outputPath: 's3://tiles-out/async-inference/output/',
          failurePath: 's3://tiles-out/failed/',
          concurrencyPerInstance: 1_000,
        },
      ],
    });
    Object.assign(process.env, services.endpoints);
    awsCalls.reset();
    const stop = new AbortController();
    const rss: number[] = [];
    const report = await runPipeline(kafkaInfer, {
      config: {
        kafka: { brokers: input.brokers },
        source: { topic: input.topic, groupId: input.groupId },
        endpoint: { name: 'detector', inputBucket: 'tiles-in', outputBucket: 'tiles-out' },
        sink: { topic: output.topic },
        deadLetter: { topic: dead.topic },
      },
      drain: stop.signal,
      onStart: (progress) => {
        const watch = setInterval(() => {
          if (progress.acked > 2_000) rss.push(process.memoryUsage().heapUsed);
          if (progress.acked + progress.deadLettered < count) return;
          clearInterval(watch);
          stop.abort();
        }, 200);
      },
    });
    expect(report).toMatchObject({
      reason: 'drained',
      unfinished: 0,
      progress: { read: count, acked: count, deadLettered: 0 },
    });

    const written = await output.readAll();
    expect(written).toHaveLength(count);
    expect(new Set(written.map(({ headers }) => String(headers['ce_subject']))).size).toBe(count);
    expect(await dead.readAll()).toEqual([]);
    for (let partition = 0; partition < partitions; partition++) {
      expect((await input.committed(partition)).offset).toBe(String(share));
    }
    expect(awsCalls.count() / count).toBeLessThanOrEqual(3.5);
    expect(awsCalls.count('sagemaker.InvokeEndpointAsync')).toBe(count);
    // What is in flight is a few megabytes; the rest is garbage not yet collected.
    expect(Math.max(...rss)).toBeLessThan(400 * 1024 * 1024);
  }, 170_000);
});
