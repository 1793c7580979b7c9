import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pipelineFile } from '../../support/chaos/pipelineFile.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { readCommits } from '../../support/checker/readCommits.ts';
import { type RunningSwath, startSwath } from '../../support/cli/startSwath.ts';
import { plainKafka } from '../../support/kafka/plainKafka.ts';
import { waitFor } from '../faults/waitFor.ts';
import { testTopic } from '../testTopic.ts';
import { feedTopic } from './feedTopic.ts';

const partitions = 7;
const members = 3;

it('restarts one member after the other, loses nothing, and repeats nothing but of partitions that a member which goes on gives to one that comes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'swath-rolling-'));
  const pipeline = await pipelineFile(folder, 'memberPipeline');
  const [input, output, dead] = await Promise.all([testTopic({ partitions }), testTopic(), testTopic()]);
  const { brokers, topic, groupId } = input;
  const start = (who: string): RunningSwath => {
    const settings = {
      'kafka.brokers': brokers.join(','),
      'kafka.clientId': who,
      'source.topic': topic,
      'source.groupId': groupId,
      'source.maxInFlight': 60,
      'source.order': 'key',
      'sink.topic': output.topic, // one partition: the order of all arrivals can be seen
      'deadLetter.topic': dead.topic,
      longestMs: 200,
    };
    const set = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    return startSwath(['run', pipeline, '--json', ...set]);
  };
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  /** Partitions by member, once the group stands with so many. */
  const shares = (count: number): Promise<Map<string, number[]>> =>
    waitFor(`${count} members`, async () => {
      const [group] = (await admin.describeGroups([groupId])).groups;
      if (group?.state !== 'Stable' || group.members.length !== count) return undefined;
      const found = group.members.map(({ clientId, memberAssignment }): [string, number[]] => [
        clientId,
        partitionsIn(memberAssignment),
      ]);
      const all = found.flatMap(([, own]) => own);
      return all.length === partitions ? new Map(found) : undefined;
    });
  const running = new Map<string, RunningSwath>();
  for (let i = 1; i <= members; i++) running.set(`member-${i}`, start(`member-${i}`));
  await shares(members);
  const feed = new AbortController();
  const feeding = feedTopic(input.kafka(), { topic, partitions, keys: 20, perSecond: 150, signal: feed.signal });
  const committed = async (): Promise<number[]> => {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (answer?.partitions ?? []).map(({ offset }) => Number(offset));
  };
  const progress = async (): Promise<void> => {
    const before = await committed();
    await waitFor('commits to every partition', async () =>
      (await committed()).every((offset, partition) => offset > (before[partition] ?? -1)),
    );
  };
  await progress();

  const moved = new Set<number>(); // away from members that went on
  for (const [who, member] of [...running]) {
    const before = await shares(members);
    member.kill('SIGTERM');
    const { status, stdout } = await member.ended;
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, reason: 'drained', tiles: { unfinished: 0 } });
    const without = await shares(members - 1);
    await progress();
    running.set(who, start(who));
    const after = await shares(members);
    await progress();
    for (const [other, own] of before) {
      if (other === who) continue;
      expect(without.get(other)).toEqual(expect.arrayContaining(own)); // those of the one that left were added to them
      expect(without.get(other)).toEqual(expect.arrayContaining(after.get(other) ?? [])); // the one that came took what was too many
      for (const partition of without.get(other) ?? [])
        if (!after.get(other)?.includes(partition)) moved.add(partition);
    }
  }
  feed.abort();
  await feeding;
  const records = (await input.readAll()).length;
  await waitFor('all tiles', async () => (await committed()).reduce((sum, offset) => sum + offset, 0) === records);
  for (const member of running.values()) member.kill('SIGTERM');
  for (const member of running.values()) expect((await member.ended).status).toBe(0);
  await admin.disconnect();
  const verdict = await checkDelivery({ brokers, input: topic, groupId, output: output.topic, deadLetter: dead.topic });
  expect(verdict).toMatchObject({ records, lost: 0, inversions: [], overCommitted: [], strangers: [] });
  const repeatedIn = new Set(verdict.repeatedPositions.map((position) => Number(position.split('/')[0])));
  expect([...repeatedIn].filter((partition) => !moved.has(partition))).toEqual([]); // those drained, and those kept, repeat nothing
  expect(moved.size).toBeLessThan(partitions);
  expect((await readCommits(input.kafka(), groupId, topic)).backwards).toEqual([]);
  await rm(folder, { recursive: true });
}, 240_000);

/** The partitions in an assignment of the consumer protocol that names one topic, or none. */
function partitionsIn(assignment: Buffer): number[] {
  if (assignment.length < 6 || assignment.readInt32BE(2) === 0) return [];
  const at = 8 + assignment.readInt16BE(6);
  return Array.from({ length: assignment.readInt32BE(at) }, (_, i) => assignment.readInt32BE(at + 4 + 4 * i));
}
