import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelineFile } from '../support/chaos/pipelineFile.ts';
import { type RunningSwath, startSwath } from '../support/cli/startSwath.ts';
import { waitFor } from './faults/waitFor.ts';
import { watchGroup } from './faults/watchGroup.ts';
import { type TestTopic, testTopic } from './testTopic.ts';

const perPartition = 200;

describe('a run until it is idle', () => {
  let folder: string;
  let pipeline: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swath-idle-'));
    pipeline = await pipelineFile(folder, 'memberPipeline');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fill = async (
    partitions: number,
  ): Promise<{ input: TestTopic; start: (...more: string[]) => RunningSwath }> => {
    const [input, output, dead] = await Promise.all([testTopic({ partitions }), testTopic(), testTopic()]);
    for (let partition = 0; partition < partitions; partition++) {
      const texts = Array.from({ length: perPartition }, (_, i) => `tile ${i}`);
      await input.append(partition, texts);
    }
    const settings = {
      'kafka.brokers': input.brokers.join(','),
      'source.topic': input.topic,
      'source.groupId': input.groupId,
      'source.sessionTimeoutMs': 3000,
      'source.maxInFlight': 20,
      'sink.topic': output.topic,
      'deadLetter.topic': dead.topic,
      longestMs: 5,
    };
    const set = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    return { input, start: (...more) => startSwath(['run', pipeline, '--json', ...set, ...more]) };
  };
  const summaryOf = async ({ ended }: RunningSwath): Promise<Record<string, unknown>> => {
    const { status, stdout, stderr } = await ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return JSON.parse(stdout);
  };

  it('ends after all that lay in the log, however short the time', async () => {
    const { start } = await fill(3);
    const summary = await summaryOf(start('--until-idle', '0.02'));
    expect(summary).toMatchObject({ reason: 'idle', tiles: { read: 3 * perPartition, unfinished: 0 } });
    const again = await summaryOf(start('--until-idle', '0.02'));
    expect(again).toMatchObject({ reason: 'idle', tiles: { read: 0 } });
  });

  it('does not count while the group waits for a member that died', async () => {
    const { input, start } = await fill(2);
    const first = start('--set', 'longestMs=60000');
    await using group = await watchGroup(input.brokers, input.groupId);
    await waitFor('a member', async () => {
      const now = await group.look();
      return now.members === 1 && now.state === 'Stable';
    });
    first.kill('SIGKILL');
    const summary = await summaryOf(start('--until-idle', '0.02')); // its session takes 3 s to run out
    expect(summary).toMatchObject({ reason: 'idle', tiles: { read: 2 * perPartition, unfinished: 0 } });
  });

  it('ends for a member that gets no partition, as soon as the group has told it so', async () => {
    const { input, start } = await fill(1);
    const first = start('--set', 'longestMs=10');
    await waitFor('the first commit', async () => Number((await input.committed(0)).offset) > 0);
    const summary = await summaryOf(start('--until-idle', '0.5')); // the time limit of the test is the assertion
    expect(summary).toMatchObject({ reason: 'idle', tiles: { read: 0 } });
    await waitFor('all tiles', async () => (await input.committed(0)).offset === String(perPartition));
    first.kill('SIGTERM');
    expect(await summaryOf(first)).toMatchObject({ reason: 'drained', tiles: { read: perPartition } });
  }, 45_000);
});
