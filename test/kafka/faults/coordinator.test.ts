import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { expect, it } from 'vitest';
import { catchWarnings } from '../../support/catchWarnings.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { readCommits } from '../../support/checker/readCommits.ts';
import type { KafkaCluster } from '../../support/kafka/kafkaCluster.ts';
import { plainKafka } from '../../support/kafka/plainKafka.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { feedTopic } from '../chaos/feedTopic.ts';
import { testTopic } from '../testTopic.ts';
import { findCoordinator } from './findCoordinator.ts';
import { moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const partitions = 6;
const members = 3;
const maxInFlight = 40;
const sessionTimeoutMs = 6_000;
const frozenMs = 8_000;

type Harm = (cluster: KafkaCluster, node: number, goesOn: () => Promise<void>) => Promise<void>;

const isMadeAgain = (note: string): boolean => note.startsWith('a commit is made again');

/** What befalls the coordinator; resolves when it serves again. */
const harms: readonly (readonly [name: string, harm: Harm])[] = [
  ...[1, 2, 3, 4, 5].map((round): [string, Harm] => [
    `kill -9, ${round}`,
    async (cluster, node) => {
      await cluster.kill(node);
      await sleep(2000); // long enough for another node to take over
      await cluster.startNode(node);
    },
  ]),
  [
    'kill -9, and stays away until all goes on without it',
    async (cluster, node, goesOn) => {
      await cluster.kill(node);
      await goesOn();
      await cluster.startNode(node);
    },
  ],
  [
    'stopped in order',
    async (cluster, node) => {
      await cluster.kill(node, 'SIGTERM');
      await cluster.startNode(node);
    },
  ],
  [
    'frozen',
    async (cluster, node) => {
      await cluster.kill(node, 'SIGSTOP');
      await sleep(frozenMs);
      await cluster.kill(node, 'SIGCONT');
    },
  ],
];

const allInSync = async (admin: Admin, topics: string[]): Promise<boolean> => {
  const found = await admin.fetchTopicMetadata({ topics }).catch(() => ({ topics: [] }));
  const all = found.topics.flatMap((topic) => topic.partitions);
  return all.length > 0 && all.every(({ isr, leader }) => isr.length === 3 && leader > 0);
};

it('loses nothing when the coordinator of the group dies, stops or falls silent under load', async () => {
  using caught = catchWarnings();
  await using cluster = await startKafka({ nodes: 3 });
  const { brokers } = cluster;
  const make = (own = {}) => testTopic({ configs: { 'min.insync.replicas': '2' }, ...own }, brokers);
  const [input, output] = [await make({ partitions }), await make()];
  const { topic, groupId } = input;
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  const all = Array.from({ length: members }, () =>
    moveTiles({
      ...{ brokers, topic, groupId, output: output.topic, maxInFlight },
      ...{ sessionTimeoutMs, requestTimeoutMs: 3000 },
      work: () => sleep(Math.random() * 400),
    }),
  );
  const feed = new AbortController();
  const feeding = feedTopic(input.kafka(), {
    ...{ topic, partitions, keys: 20, perSecond: 150, signal: feed.signal },
  });
  const group = await watchGroup(brokers, groupId);
  const offsets = async (): Promise<number[]> => {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (answer?.partitions ?? []).map(({ offset }) => Number(offset));
  };
  const goesOn = async (): Promise<void> => {
    await waitFor('all members', async () => {
      const now = await group.look().catch(() => undefined);
      return now?.members === members && now.state === 'Stable';
    });
    const before = await offsets();
    await waitFor('commits to every partition', async () =>
      (await offsets()).every((offset, partition) => offset > (before[partition] ?? -1)),
    );
  };
  await goesOn();
  const membersNow = async (): Promise<string> => {
    const { groups } = await admin.describeGroups([groupId]);
    return (groups[0]?.members ?? [])
      .map(({ memberId }) => memberId)
      .toSorted()
      .join();
  };
  const begun = (): number => all.reduce((sum, each) => sum + each.begun.length, 0);
  let repeated = 0;
  let stayed = 0;
  let met = 0; // by commits; sometimes a heartbeat finds the next coordinator first
  for (const [name, harm] of harms) {
    const node = await findCoordinator(admin, groupId);
    const from = caught.notes.length;
    const [before, committed] = [await membersNow(), (await offsets()).reduce((sum, offset) => sum + offset, 0)];
    await harm(cluster, node, goesOn);
    await waitFor('all replicas', () => allInSync(admin, ['__consumer_offsets', topic, output.topic]));
    await goesOn();
    if (caught.notes.slice(from).some(isMadeAgain)) met += 1;
    // Of a log that grows while it is read only what is repeated can be told.
    const verdict = await checkDelivery({ brokers, input: topic, groupId, output: output.topic });
    // Who stays the same member keeps its partitions and its work; who was given up has lost what it had not committed.
    const kept = (await membersNow()) === before;
    expect(verdict.repeated - repeated, name).toBeLessThanOrEqual(kept ? 0 : begun() - committed);
    repeated = verdict.repeated;
    if (kept) stayed += 1;
  }
  process.stderr.write(
    `${stayed} of ${harms.length} times all members stayed, ${met} times commits met it; ${repeated} tiles repeated\n`,
  );
  expect(stayed).toBeGreaterThan(0);
  expect(met).toBeGreaterThan(0);
  expect(caught.notes.filter(isMadeAgain)).not.toEqual([]);
  feed.abort();
  await feeding;
  const records = (await input.readAll()).length;
  await waitFor('all tiles', () => new Set(all.flatMap((each) => each.written)).size === records);
  await Promise.all(all.map((each) => each.drain()));
  await Promise.all([group[Symbol.asyncDispose](), admin.disconnect()]);
  const verdict = await checkDelivery({ brokers, input: topic, groupId, output: output.topic });
  const commits = await readCommits(input.kafka(), groupId, topic);
  expect(verdict).toMatchObject({ records, lost: 0, overCommitted: [], strangers: [] });
  expect(commits.backwards).toEqual([]);
  expect(commits.withMap).toBeGreaterThan(0);
}, 400_000);
