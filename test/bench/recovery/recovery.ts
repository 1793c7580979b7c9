import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin, Kafka } from 'kafkajs';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { plainKafka } from '../../support/kafka/plainKafka.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { type Recovered, recoverOnce } from './recoverOnce.ts';

/** All kills of both programs. */
export interface Recovery {
  readonly runs: number;
  readonly seed: number;
  readonly swath: readonly Recovered[];
  readonly plain: readonly Recovered[];
  /** Runs of swath that lost something, or repeated more than it may. */
  readonly violations: readonly string[];
}

const topic = 'tiles';
const partitions = 4;
const perPartition = 3000;
const maxInFlight = 2000;
const latestKillMs = 6000;
const lanes = 4; // runs at once: most of a run is waiting

/** Kills swath and a plain consumer with 2,000 tiles in flight, again and again, at random moments; the broker is its own. */
export async function recovery(runs: number): Promise<Recovery> {
  const seed = Number(process.env['SWATH_RECOVERY_SEED'] ?? randomInt(2 ** 31));
  const random = seededRandom(seed);
  const delays = Array.from({ length: runs }, () => random() * latestKillMs);
  const folder = await mkdtemp(join(tmpdir(), 'swath-recovery-'));
  await using cluster = await startKafka();
  const { brokers } = cluster;
  const kafka = plainKafka(brokers, { clientId: 'recovery' });
  const admin = kafka.admin();
  await admin.connect();
  const swath: Recovered[] = [];
  const plain: Recovered[] = [];
  try {
    await fill(kafka, admin);
    const ends = new Map(Array.from({ length: partitions }, (_, partition) => [partition, String(perPartition)]));
    const todo = [...delays.entries()];
    const lane = async (): Promise<void> => {
      for (let run = todo.shift(); run !== undefined; run = todo.shift()) {
        const [at, killAfterMs] = run;
        const place = { admin, brokers, topic, ends, folder, maxInFlight, killAfterMs };
        const [own, other] = await Promise.all([
          recoverOnce('swath', { ...place, name: `swath-${at}` }),
          recoverOnce('plain', { ...place, name: `plain-${at}` }),
        ]);
        swath[at] = own;
        plain[at] = other;
        process.stderr.write(`recovery ${at + 1}/${runs}: swath ${wordsOf(own)}; plain ${wordsOf(other)}\n`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await admin.disconnect();
    await rm(folder, { recursive: true });
  }
  const violations = swath.flatMap((own, at) => {
    const kept = own.lost === 0 && own.repeated <= own.inFlight + own.uncommitted;
    return kept ? [] : [`run ${at + 1} of seed ${seed}: ${wordsOf(own)}`];
  });
  return { runs, seed, swath, plain, violations };
}

function wordsOf({ inFlight, uncommitted, lost, repeated }: Recovered): string {
  return `${inFlight} in flight, ${uncommitted} uncommitted, ${lost} lost, ${repeated} repeated`;
}

async function fill(kafka: Kafka, admin: Admin): Promise<void> {
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (let partition = 0; partition < partitions; partition++) {
    const messages = Array.from({ length: perPartition }, (_, i) => ({ partition, value: `tile ${i}` }));
    await producer.send({ topic, acks: -1, messages });
  }
  await producer.disconnect();
}
