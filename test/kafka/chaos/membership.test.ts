import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { chaosSchedule } from '../../support/chaos/chaosSchedule.ts';
import type { DeliveryEvent } from '../../support/chaos/deliveryEvent.ts';
import { DeliveryLog } from '../../support/chaos/deliveryLog.ts';
import { pipelineFile } from '../../support/chaos/pipelineFile.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { judgeRepeats, type Outage } from '../../support/checker/judgeRepeats.ts';
import { readCommits } from '../../support/checker/readCommits.ts';
import { type RunningSwath, startSwath } from '../../support/cli/startSwath.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { waitFor } from '../faults/waitFor.ts';
import { testTopic } from '../testTopic.ts';
import { feedTopic } from './feedTopic.ts';

const partitions = 6;
const forMs = 60_000;
const seed = Number(process.env['SWATH_CHAOS_SEED'] ?? randomInt(2 ** 31));

it(`loses nothing and keeps the order of each key while members and brokers come, go and die (SWATH_CHAOS_SEED=${seed})`, async () => {
  const steps = chaosSchedule({
    random: seededRandom(seed),
    forMs,
    everyMs: 300,
    members: { least: 2, most: 5 },
    brokers: { count: 3, everyMs: 13_000, downMs: 5_000 },
  });
  const folder = await mkdtemp(join(tmpdir(), 'swath-members-'));
  const pipeline = await pipelineFile(folder, 'memberPipeline');
  await using cluster = await startKafka({ nodes: 3 });
  const { brokers } = cluster;
  const input = await testTopic({ partitions }, brokers);
  const output = await testTopic({}, brokers); // one partition: the order of all arrivals can be seen
  const dead = await testTopic({}, brokers);
  const { groupId } = input;
  const settings = {
    'kafka.brokers': brokers.join(','),
    'source.topic': input.topic,
    'source.groupId': groupId,
    'source.sessionTimeoutMs': 3000,
    'source.maxInFlight': 60,
    'source.order': 'key',
    'sink.topic': output.topic,
    'deadLetter.topic': dead.topic,
  };
  const set = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const logs: { readonly path: string; endedMs: number }[] = [];
  const start = (longestMs: number): RunningSwath => {
    const log = { path: join(folder, `log-${logs.length}`), endedMs: Number.POSITIVE_INFINITY };
    logs.push(log);
    const own = ['--set', `longestMs=${longestMs}`, '--set', `log=${log.path}`];
    const swath = startSwath(['run', pipeline, '--json', ...set, ...own]);
    const over = (): number => (log.endedMs = Date.now());
    swath.ended.then(over, over);
    return swath;
  };
  const members = new Map<number, RunningSwath>();
  const ended: Promise<string>[] = [];
  const end = (who: number, signal: NodeJS.Signals): void => {
    const member = members.get(who);
    members.delete(who);
    member?.kill(signal);
    if (member !== undefined) ended.push(howItEnded(member));
  };
  const outages: Outage[] = [];
  let brokerWork = Promise.resolve();
  const then = (work: () => Promise<void>): void => {
    brokerWork = brokerWork.then(work); // a broker that is slow to return is not killed while it starts
    brokerWork.catch(() => undefined); // awaited below
  };
  const take = {
    join: (who: number) => members.set(who, start(200)),
    leave: (who: number) => end(who, 'SIGTERM'),
    die: (who: number) => end(who, 'SIGKILL'),
    brokerDies: (node: number) => then(() => during(outages, () => cluster.kill(node))),
    brokerReturns: (node: number) => then(() => cluster.startNode(node)),
  };

  const feeding = feedTopic(input.kafka(), { topic: input.topic, partitions, keys: 20, perSecond: 200, forMs });
  members.set(0, start(200));
  const [first] = logs;
  await waitFor('a commit', () => eventsIn(first?.path).some((event) => 'confirmed' in event));
  end(0, 'SIGKILL'); // in the middle of its work, which those that come and go at once may never begin
  const startedMs = performance.now();
  for (const { atMs, action, who } of steps) {
    await sleep(Math.max(0, startedMs + atMs - performance.now()));
    take[action](who);
  }
  await Promise.all([feeding, brokerWork]);
  for (const who of [...members.keys()]) end(who, 'SIGTERM');
  const ends = new Set(await Promise.all(ended));
  const topics = { brokers, input: input.topic, groupId, output: output.topic, deadLetter: dead.topic };
  const before = await checkDelivery(topics);
  expect(before.overCommitted).toEqual([]);
  expect([...ends].filter((how) => !/^(0$|3:|137:|143:)/.test(how))).toEqual([]); // by SIGTERM while it still started

  const last = start(5);
  for (let left = true; left; await sleep(500)) left = !(await allCommitted(input, before.records));
  last.kill('SIGTERM');
  expect(await howItEnded(last)).toBe('0');
  const verdict = await checkDelivery(topics);
  expect(verdict).toMatchObject({ lost: 0, inversions: [], overCommitted: [], strangers: [] });
  expect(verdict.records).toBe(before.records);
  expect((await readCommits(input.kafka(), groupId, input.topic)).backwards).toEqual([]);
  const processes = logs.map(({ path, endedMs }) => ({ events: eventsIn(path), endedMs }));
  const { repeated, repeatedPositions } = verdict;
  const { unexplained, uncommitted, doubtful } = judgeRepeats({ logs: processes, repeatedPositions, outages });
  process.stderr.write(
    `${repeated} of ${verdict.records} repeated; ${uncommitted} uncommitted, ${doubtful} in doubt\n`,
  );
  expect(uncommitted).toBeGreaterThan(0);
  expect(unexplained).toEqual([]);
  expect(repeated).toBeLessThanOrEqual(uncommitted + doubtful);
  await rm(folder, { recursive: true });
}, 240_000);

/** What a process told; nothing where it was killed before it began. */
function eventsIn(path = ''): DeliveryEvent[] {
  return existsSync(path) ? DeliveryLog.read(path) : [];
}

/** Notes when brokers were harmed: a write to one that is gone is refused, it is not in doubt. */
async function during(outages: Outage[], work: () => Promise<void>): Promise<void> {
  const fromMs = Date.now();
  await work();
  outages.push({ fromMs, toMs: Date.now() });
}

/** True when what is committed are all records there are; the topic has no gaps. */
async function allCommitted({ committed }: Awaited<ReturnType<typeof testTopic>>, records: number): Promise<boolean> {
  const offsets = Array.from({ length: partitions }, async (_, partition) =>
    Number((await committed(partition)).offset),
  );
  return (await Promise.all(offsets)).reduce((sum, offset) => sum + offset, 0) === records;
}

/** The exit status, with what was said where it is not 0, or the signal. */
async function howItEnded({ ended }: RunningSwath): Promise<string> {
  return ended.then(
    ({ status, stderr }) => (status === 0 ? '0' : `${status}: ${stderr}`),
    (error: Error) => /ended by (SIG\w+)/.exec(error.message)?.[1] ?? error.message,
  );
}
